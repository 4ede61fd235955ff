/** When scripts/start.sh builds, on a copy of the scripts with a build that only notes its runs. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SCRIPTS = join(import.meta.dirname, "../../scripts");
const COPIED = ["start.sh", "install.sh", "interruptible.sh", "node.sh", "memory.sh", "sources.sh", "matches-lock.ts"];
const A_YEAR_AGO = new Date(Date.now() - 365 * 24 * 3_600_000);

/** What it makes prints how often it was built, and its arguments. */
const FAKE_BUILD = `
  import { execFileSync } from "node:child_process";
  import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
  let count = 1;
  try { count += Number(readFileSync("count", "utf8")); } catch {}
  writeFileSync("count", String(count));
  mkdirSync("dist", { recursive: true });
  writeFileSync("dist/node.mjs", "console.log(" + count + ", ...process.argv.slice(2))");
  writeFileSync("dist/machine.cjs", "console.log('machine')");
  writeFileSync("dist/.built", execFileSync("sh", ["scripts/sources.sh"]));
`;

let tree = "";
const inTree = (...names: string[]): string => join(tree, ...names);

async function start(...args: readonly string[]): Promise<string> {
  return startIn(undefined, args);
}

async function startIn(MODE: string | undefined, args: readonly string[] = []): Promise<string> {
  const env = { ...process.env, MODE, PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter) };
  const { stdout } = await promisify(execFile)("sh", [inTree("scripts/start.sh"), ...args], { env });
  return stdout.trim();
}

/** With the time at which the release was made. */
async function unpack(name: string, content: string): Promise<void> {
  await writeFile(inTree(name), content);
  await utimes(inTree(name), A_YEAR_AGO, A_YEAR_AGO);
}

beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), "start-"));
  for (const folder of ["scripts", "functions", "shared", "node_modules"]) await mkdir(inTree(folder));
  for (const name of COPIED) await copyFile(join(SCRIPTS, name), inTree("scripts", name));
  await writeFile(inTree("package.json"), '{"type":"module"}');
  await unpack("package-lock.json", "{}");
  await unpack("node_modules/.package-lock.json", "{}");
  await unpack("scripts/build.ts", FAKE_BUILD);
  await unpack("scripts/esbuild-options.ts", "");
  await unpack("functions/a.ts", "old");
  await unpack("shared/b.ts", "");
});

afterEach(async () => {
  await rm(tree, { recursive: true });
});

describe("start.sh", () => {
  it("becomes what MODE says, and refuses what it does not know", async () => {
    expect([await startIn(""), await startIn("node")]).toEqual(["1", "machine"]);
    const refused = { code: 78, stderr: expect.stringContaining('MODE: found "nodes", expected node') };
    await expect(startIn("nodes")).rejects.toMatchObject(refused);
  });

  it("builds once, and hands its arguments on", async () => {
    expect(await start()).toBe("1");
    expect(await start("--config", "my file.yaml")).toBe("1 --config my file.yaml");
  });

  const news: Record<string, () => Promise<void>> = {
    "a source of a newer release, as old as its making": () => unpack("functions/a.ts", "new"),
    "one more source": () => unpack("shared/c.ts", ""),
    "a source that is gone": () => rm(inTree("functions/a.ts")),
    "a source with another name": () => rename(inTree("functions/a.ts"), inTree("functions/c.ts")),
    "how it is built": () => unpack("scripts/esbuild-options.ts", "export {}"),
  };
  for (const [name, change] of Object.entries(news)) {
    it(`builds again: ${name}`, async () => {
      await start();
      await change();
      expect(await start()).toBe("2");
      expect(await start()).toBe("2");
    });
  }

  it("does not build for files that have only been touched", async () => {
    await start();
    await utimes(inTree("functions/a.ts"), new Date(), new Date(Date.now() + 60_000));
    expect(await start()).toBe("1");
  });
});
