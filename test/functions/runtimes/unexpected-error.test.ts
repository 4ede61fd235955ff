import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("../../../dist/node.mjs", import.meta.url));

describe("an error that nothing handles", () => {
  for (const [kind, script] of [
    ["exception", 'setTimeout(() => { throw new Error("boom") }, 900)'],
    ["rejection", 'setTimeout(() => { Promise.reject(new Error("boom")) }, 900)'],
  ]) {
    it(`is logged once and ends the process (${kind})`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
      writeFileSync(join(folder, "cluster.yaml"), JSON.stringify({ services: { a: { url: "http://127.0.0.1:1/" } } }));
      const child = spawn(process.execPath, ["--import", `data:text/javascript,${script}`, PROGRAM], {
        cwd: folder,
        env: { PORT: "0", HOST: "127.0.0.1" },
        stdio: ["ignore", "pipe", "inherit"],
      });
      let output = "";
      child.stdout.on("data", (chunk) => (output += chunk));
      const [code] = await once(child, "exit");
      expect(code).toBe(1);
      expect(output.split("\n").filter((line) => line.includes("boom"))).toHaveLength(1);
      rmSync(folder, { recursive: true });
    });
  }
});
