/**
 * Leaves out of the bundle what libraries bring and this service never asks of them: clusters and sentinels of ioredis, all commands but a
 * few, its log for its own developers, and yaml in the form that nothing can be left out of. 24 of 368 kB, compressed (ioredis 5, yaml 2,
 * November 2026).
 * Used by esbuild-options.ts. Invariant: a library that lies elsewhere is not built, so that nobody relies on what is not there.
 */
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "esbuild";

const PACKAGES = join(import.meta.dirname, "../node_modules");

/** One Redis at one address is probed. */
const NO_CLASS = `module.exports = { default: class { constructor() { throw new Error("not part of the bundle"); } } };`;
/** As it is without the variable DEBUG. */
const NO_DEBUG = `const debug = () => ({ enabled: false }); debug.default = debug; module.exports = debug;`;

const STAND_INS: Readonly<Record<string, string>> = {
  "ioredis/built/cluster/index.js": NO_CLASS,
  "ioredis/built/connectors/SentinelConnector/index.js": NO_CLASS,
  "debug/src/index.js": NO_DEBUG,
};

/** What a client is a method for: those that the Redis probe calls, and those that ioredis calls for it. */
export const REDIS_COMMANDS = ["auth", "client", "hello", "info", "ping", "select"];

/** As ES modules. Their package offers it to browsers only. */
const YAML = join(PACKAGES, "yaml/browser/dist/index.js");

export const slimBundle: Plugin = {
  name: "slim-bundle",
  setup({ onStart, onResolve, onLoad }) {
    onStart(async () => {
      await Promise.all(
        [YAML, ...Object.keys(STAND_INS).map((path) => join(PACKAGES, path))].map((path) => access(path)),
      );
    });
    onResolve({ filter: /^yaml$/ }, () => ({ path: YAML }));
    onLoad({ filter: /\/@ioredis\/commands\/built\/commands\.json$/ }, async ({ path }) => {
      const all: Readonly<Record<string, unknown>> = JSON.parse(await readFile(path, "utf8"));
      return {
        contents: JSON.stringify(Object.fromEntries(REDIS_COMMANDS.map((name) => [name, all[name]]))),
        loader: "json",
      };
    });
    onLoad({ filter: /\/node_modules\/(ioredis|debug)\// }, ({ path }) => {
      const contents = STAND_INS[path.split("/node_modules/").at(-1) ?? ""];
      return contents === undefined ? null : { contents, loader: "js" };
    });
  },
};
