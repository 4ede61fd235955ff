/**
 * The OpenAPI document against the running service: whatever schemathesis makes of it, good and bad, the service answers as the
 * document says. All of its checks hold; hooks.py only makes good requests good where no schema can say what is.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { childMarks } from "../../../scripts/take-along.ts";
import { findProgram, skipWithout } from "../../support/installed.ts";
import { startService } from "../../support/service-process.ts";
import { sendJson, startTarget } from "../../support/target-server.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const SCHEMATHESIS = findProgram(
  "schemathesis",
  fileURLToPath(new URL("../../../.cache/schemathesis/bin", import.meta.url)),
);

const READER = newToken("reader");
const ADMIN = newToken("admin");

/**
 * The other tokens, and none, differ from these in what is answered with 401 and 403 only. `coverage` are the edges of every
 * schema, `fuzzing` some values at random, `stateful` what follows from an answer; what may be read is the same for everybody.
 */
const CASES = [
  { reads: "open", who: "an admin", token: ADMIN.token, phases: "coverage,fuzzing,stateful" },
  { reads: "token", who: "a reader", token: READER.token, phases: "coverage" },
] as const;

/** At random, of each operation. */
const EXAMPLES = 3;

describe.skipIf(skipWithout(SCHEMATHESIS))("the OpenAPI document (needs schemathesis, which .ci/run installs)", () => {
  it.concurrent.each(CASES)(
    "is what the service takes and answers, where reads are $reads and $who asks",
    async ({ reads, token, phases }) => {
      const target = await startTarget(sendJson(503, {}));
      const service = await startService({ config: configurationFor(target.url, reads) });
      const folder = mkdtempSync(join(tmpdir(), "schemathesis-"));
      const url = `http://127.0.0.1:${service.port}`;
      const child = spawn(SCHEMATHESIS ?? "", [...parametersFor(url, token), `--phases=${phases}`], {
        cwd: folder,
        env: {
          ...childMarks(),
          PATH: process.env["PATH"],
          PYTHONPATH: FOLDER,
          SCHEMATHESIS_HOOKS: "hooks",
          PYTHONDONTWRITEBYTECODE: "1",
        },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [said, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
      await Promise.all([service.stop(), target.close()]);
      rmSync(folder, { recursive: true });
      expect(code, said).toBe(0);
      expect(said).toMatch(/\d{3,} generated, \d{3,} passed/);
    },
  );
});

function parametersFor(url: string, token: string): string[] {
  const options = [
    `--url=${url}`,
    `--header=Authorization: Bearer ${token}`,
    "--checks=all",
    "--continue-on-failure",
    `--max-examples=${EXAMPLES}`,
    "--exclude-method=HEAD", // as GET, only without a body
    "--generation-deterministic",
    "--no-color",
  ];
  return ["run", `${url}/openapi.json`, ...options];
}

function configurationFor(url: string, reads: "open" | "token"): string {
  const tools = { name: "Tools Server", url, critical: true, timeout: 2, failures: 1 };
  const tokens = {
    reader: { hash: READER.hash, scopes: ["read"] },
    admin: { hash: ADMIN.hash, scopes: ["admin"] },
  };
  return JSON.stringify({ services: { tools }, auth: { ...(reads === "token" && { reads }), tokens } });
}
