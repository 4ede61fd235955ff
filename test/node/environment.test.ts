/** What a process is told by its environment: how to run, and what references stand for. On real files. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeReferenceResolver, readEnvironment } from "../../shared/node/environment.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "credentials-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe("makeReferenceResolver", () => {
  it("reads a credential before a variable of the same name", () => {
    writeFileSync(join(directory, "TOKEN"), "from file");
    const resolve = makeReferenceResolver({ CREDENTIALS_DIRECTORY: directory, TOKEN: "from environment" });
    expect(resolve("TOKEN")).toBe("from file");
  });

  it.each([
    ["one\n", "one"],
    ["one\r\n", "one"],
    ["one\n\n", "one\n"],
    [" one two ", " one two "],
    ["", ""],
  ])("reads the file %j as %j", (content, value) => {
    writeFileSync(join(directory, "TOKEN"), content);
    expect(makeReferenceResolver({ CREDENTIALS_DIRECTORY: directory })("TOKEN")).toBe(value);
  });

  it("reads a variable as it is when there is no such credential", () => {
    const resolve = makeReferenceResolver({ CREDENTIALS_DIRECTORY: directory, TOKEN: "from environment\n" });
    expect(resolve("TOKEN")).toBe("from environment\n");
  });

  it("reads a variable where systemd gives no credentials", () => {
    expect(makeReferenceResolver({ TOKEN: "x" })("TOKEN")).toBe("x");
  });

  it("sees a credential that changed", () => {
    const resolve = makeReferenceResolver({ CREDENTIALS_DIRECTORY: directory });
    writeFileSync(join(directory, "TOKEN"), "old");
    expect(resolve("TOKEN")).toBe("old");
    writeFileSync(join(directory, "TOKEN"), "new");
    expect(resolve("TOKEN")).toBe("new");
  });

  it("knows no other names, not even those that every object has", () => {
    const resolve = makeReferenceResolver({ CREDENTIALS_DIRECTORY: directory });
    expect([resolve("TOKEN"), resolve("constructor"), resolve("__proto__")]).toEqual([null, null, null]);
  });

  it("does not fall back to a variable when the credential cannot be read", () => {
    mkdirSync(join(directory, "TOKEN"));
    const resolve = makeReferenceResolver({ CREDENTIALS_DIRECTORY: directory, TOKEN: "from environment" });
    expect(() => resolve("TOKEN")).toThrow(`${join(directory, "TOKEN")}: this is a folder, and a credential is a file`);
  });

  it("reads no device, no pipe and no gigabytes", () => {
    for (const [name, prepare, reason] of [
      ["ENDLESS", (path: string) => symlinkSync("/dev/zero", path), "this is a device"],
      ["PIPE", (path: string) => execFileSync("mkfifo", [path]), "this is a pipe"],
      ["HUGE", (path: string) => (writeFileSync(path, ""), truncateSync(path, 5 * 2 ** 30)), "the file is too large"],
      ["GONE", (path: string) => symlinkSync("nowhere", path), "this is a link to nowhere, which does not exist"],
    ] as const) {
      prepare(join(directory, name));
      const resolve = makeReferenceResolver({ CREDENTIALS_DIRECTORY: directory, [name]: "from environment" });
      expect(() => resolve(name)).toThrow(`${join(directory, name)}: ${reason}`);
    }
  });
});

describe("readEnvironment", () => {
  it("takes a variable that is empty for one that is not set", () => {
    const names = ["PORT", "HOST", "MONITORING_DB", "LOG_LEVEL", "MONITORING_CONFIG", "CREDENTIALS_DIRECTORY"];
    for (const empty of ["", " "]) {
      const env = { ...Object.fromEntries(names.map((name) => [name, empty])), TOKEN: "x" };
      expect(readEnvironment(env, "c.yaml")).toEqual(readEnvironment({}, "c.yaml"));
      expect(makeReferenceResolver(env)("TOKEN")).toBe("x");
    }
  });

  it("goes by the argument before the variable", () => {
    expect(readEnvironment({ MONITORING_CONFIG: "a.yaml" }, "b.yaml").configPath).toBe("b.yaml");
    expect(readEnvironment({ MONITORING_CONFIG: "a.yaml" }).configPath).toBe("a.yaml");
  });
});
