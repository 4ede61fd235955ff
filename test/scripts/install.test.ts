/**
 * When scripts/install.sh installs what, on a copy of the scripts with an npm that only notes how it was called.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SCRIPTS = join(import.meta.dirname, "../../scripts");

/** Does to node_modules what `npm ci` does, as far as install.sh looks at it. */
const FAKE_NPM = `
  import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
  writeFileSync("npm.pid", String(process.pid));
  appendFileSync("calls.txt", process.argv.slice(2).join(" ") + "\\n");
  if (process.env.FAKE_NPM === "fail") { console.error("E404 no such package"); process.exit(7); }
  if (process.env.FAKE_NPM === "hang") setInterval(() => {}, 1000);
  else {
    rmSync("node_modules", { recursive: true, force: true });
    mkdirSync(process.argv.includes("--omit=dev") ? "node_modules" : "node_modules/vitest", { recursive: true });
    const { packages = {} } = JSON.parse(readFileSync("package-lock.json", "utf8"));
    writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages }));
  }
`;

let tree = "";

function install(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const npm = { npm_execpath: join(tree, "npm-cli.js"), npm_node_execpath: process.execPath };
  const path = [dirname(process.execPath), process.env["PATH"]].join(delimiter);
  return spawn("sh", [join(tree, "scripts/install.sh"), ...args], {
    env: { ...process.env, CI: "true", ...npm, PATH: path, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function finished(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = await once(child, "close");
  return { code, output };
}

/** How npm has been called so far. */
async function calls(): Promise<string[]> {
  const text = await readFile(join(tree, "calls.txt"), "utf8").catch(() => "");
  return text.split("\n").filter(Boolean);
}

const inTree = (...names: string[]): string => join(tree, ...names);

async function installed(mode: "production" | "full"): Promise<void> {
  expect((await finished(install([mode]))).code).toBe(0);
}

const A_YEAR_AGO = new Date(Date.now() - 365 * 24 * 3_600_000);

/** As unpacking a release does, which keeps the times at which it was made. */
async function writeLock(packages: object, at = new Date()): Promise<void> {
  await writeFile(inTree("package-lock.json"), JSON.stringify({ packages }));
  await utimes(inTree("package-lock.json"), at, at);
}

beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), "install-"));
  await mkdir(inTree("scripts"));
  for (const name of ["install.sh", "interruptible.sh", "node.sh", "matches-lock.ts"])
    await copyFile(join(SCRIPTS, name), inTree("scripts", name));
  await writeFile(inTree("package.json"), '{"type":"module"}');
  await writeFile(inTree("package-lock.json"), "{}");
  await writeFile(inTree("npm-cli.js"), FAKE_NPM);
});

afterEach(async () => {
  await rm(tree, { recursive: true });
});

describe("install.sh", () => {
  it("installs without the development packages for running, and says so in one line", async () => {
    const { code, output } = await finished(install(["production"]));
    expect(code).toBe(0);
    expect(output).toBe("Installing packages with npm ci (about a minute the first time) ...\n");
    expect(await calls()).toEqual(["ci --omit=dev --include=optional --loglevel=notice"]);
  });

  it("installs everything for the tests, whatever NODE_ENV and npm's settings say", async () => {
    await finished(install(["full"], { NODE_ENV: "production", npm_config_omit: "dev optional" }));
    expect(await calls()).toEqual(["ci --include=dev --include=optional --loglevel=notice"]);
  });

  it("does nothing, in silence, when the packages are there", async () => {
    await installed("production");
    expect(await finished(install(["production"]))).toEqual({ code: 0, output: "" });
    expect(await calls()).toHaveLength(1);
  });

  it("takes a full installation for running, but not the other way round", async () => {
    await installed("production");
    await installed("full");
    expect(await calls()).toHaveLength(2);
    await installed("production");
    expect(await calls()).toHaveLength(2);
  });

  it("installs again after the lock file has changed, however old the other one is", async () => {
    await writeLock({ "node_modules/a": { version: "1.0.0" } });
    await installed("production");
    await writeLock({ "node_modules/a": { version: "1.0.1" } }, A_YEAR_AGO);
    await installed("production");
    expect(await calls()).toHaveLength(2);
  });

  it("is not deceived by a lock file that git has only written anew", async () => {
    await installed("production");
    await utimes(inTree("package-lock.json"), new Date(), new Date(Date.now() + 60_000));
    await installed("production");
    expect(await calls()).toHaveLength(1);
  });

  for (const [name, place, isAccepted] of [
    ["all of it", {}, true],
    ["without what this machine needs not", { "node_modules/other-machine": undefined }, true],
    ["another version", { "node_modules/a": { version: "0.9.0" } }, false],
    ["another file of the same version", { "node_modules/a": { version: "1.0.0", integrity: "sha512-y" } }, false],
    ["a package is missing", { "node_modules/a": undefined }, false],
    ["a tool is missing", { "node_modules/vitest": undefined }, false],
    [
      "one more, which could be found in place of another",
      { "node_modules/a/node_modules/b": { version: "1.0.0" } },
      false,
    ],
  ] as const) {
    it(`${isAccepted ? "accepts" : "does not accept"} what somebody has installed by hand: ${name}`, async () => {
      const locked = {
        "node_modules/a": { version: "1.0.0", integrity: "sha512-x" },
        "node_modules/vitest": { version: "1.0.0", dev: true },
        "node_modules/other-machine": { version: "1.0.0", optional: true },
      };
      await mkdir(inTree("node_modules/vitest"), { recursive: true });
      await writeFile(inTree("node_modules/.package-lock.json"), JSON.stringify({ packages: { ...locked, ...place } }));
      await writeLock(locked, A_YEAR_AGO);
      await installed("full");
      expect(await calls()).toHaveLength(isAccepted ? 0 : 1);
    });
  }

  it("shows what npm said when it fails, and tries again the next time", async () => {
    const { code, output } = await finished(install(["full"], { FAKE_NPM: "fail" }));
    expect(code).toBe(1);
    expect(output).toContain("E404 no such package");
    await installed("full");
    expect(await calls()).toHaveLength(2);
  });

  it("becomes the command given to it", async () => {
    const { code, output } = await finished(install(["production", "sh", "-c", 'echo "$0 $1"; exit 5', "a", "b c"]));
    expect(code).toBe(5);
    expect(output).toMatch(/\na b c\n$/);
  });

  it("ends npm and itself on SIGTERM, and does not take what is left for an installation", async () => {
    await installed("production");
    const child = install(["full"], { FAKE_NPM: "hang" });
    await expect.poll(async () => (await calls()).length).toBe(2);
    child.kill("SIGTERM");
    expect((await finished(child)).code).toBe(143);
    await installed("production");
    expect(await calls()).toHaveLength(3);
  });

  it("waits for another installation, and takes over when that one dies", async () => {
    const first = install(["production"], { FAKE_NPM: "hang" });
    await expect.poll(async () => (await calls()).length).toBe(1);
    const second = install(["production"]);
    const [said] = await once(createInterface(second.stderr as Readable), "line");
    expect(said).toBe(`Waiting for another installation (process ${first.pid} holds .cache/installing) ...`);
    expect(await calls()).toHaveLength(1);
    first.kill("SIGTERM");
    expect((await finished(second)).code).toBe(0);
    expect(await calls()).toHaveLength(2);
  });

  for (const [name, holder] of Object.entries({
    "a number that another process has by now": `${process.pid}:1`,
    "a number without a time": String(process.pid),
    "the number of no process": "2147483646:1",
    "no number": "nobody",
  })) {
    it(`is not stopped by an old turn of ${name}`, async () => {
      await mkdir(inTree(".cache"));
      await symlink(holder, inTree(".cache/installing"));
      await installed("production");
      expect(await calls()).toHaveLength(1);
    });
  }

  it("is not stopped by what an installation left behind that was killed", async () => {
    const first = install(["production"], { FAKE_NPM: "hang" });
    await expect.poll(async () => (await calls()).length).toBe(1);
    const npm = Number(await readFile(inTree("npm.pid"), "utf8"));
    first.kill("SIGKILL");
    process.kill(npm, "SIGKILL");
    await once(first, "close");
    await installed("production");
    expect(await calls()).toHaveLength(2);
  });
});
