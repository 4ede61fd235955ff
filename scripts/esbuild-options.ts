/**
 * How esbuild makes each file of dist/: the bundle, which both runtimes run, and what only one of them has.
 * Used by build.ts, by `npm run check` and by the benchmark. Needs only packages of `dependencies`.
 * Invariant: the bundle and the configuration are never copied into another module.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";
import { embedAssets } from "./browser-assets.ts";
import { slimBundle } from "./slim-bundle.ts";

/** Node-style `require` for the CommonJS packages inside an ES module; long names, since esbuild does not know of them. */
const requireBanner = (base: string): string =>
  `import{createRequire as __createRequire}from'node:module';const require=__createRequire(${base});`;

const COMMON_BUILD = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2024",
  jsx: "automatic",
  jsxImportSource: "hono/jsx",
  outExtension: { ".js": ".mjs" },
  logLevel: "silent",
} satisfies BuildOptions;

export const WORKERS_BUILD = {
  ...COMMON_BUILD,
  conditions: ["workerd", "worker"],
  minify: true,
  lineLimit: 200, // Node prints the whole line of an uncaught error
  banner: { js: requireBanner("'file:///'") }, // Workers have no import.meta.url
} satisfies BuildOptions;

export const NODE_BUILD = {
  ...COMMON_BUILD,
  external: ["better-sqlite3"], // finds its binary next to itself
  banner: { js: requireBanner("import.meta.url") },
  // The source stays in memory. Names stay as well, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 200,
  legalComments: "external",
} satisfies BuildOptions;

/** For a program that is to be small: the loader of ES modules takes 10 MB of a process that needs no other one. */
export const SMALL_BUILD = {
  ...NODE_BUILD,
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  banner: {},
} satisfies BuildOptions;

/**
 * Node keeps a source in one byte a character if it is all ASCII, else in two. esbuild leaves regular expressions as they are; the
 * escapes mean the same there as in strings and in names.
 */
export const asciiOnly: Plugin = {
  name: "ascii-only",
  setup({ initialOptions, onEnd }) {
    if (initialOptions.write === false) return;
    initialOptions.write = false;
    onEnd(async ({ outputFiles = [] }) => {
      for (const { path, text } of outputFiles) {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, path.endsWith(".mjs") ? text.replaceAll(/[\u0080-\uffff]/g, escapeUnit) : text);
      }
    });
  },
};

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * A runtime loads the bundle instead of containing a second copy of it, and so do its adapters: what they import of the rules
 * (shared/domain) comes from the bundle as well. `rules` gets the files of those.
 */
export const shareBundle = (rules: Set<string>, bundle = "./bundle.mjs"): Plugin => ({
  name: "share-bundle",
  setup({ onResolve }) {
    onResolve({ filter: /\/bundle\.ts$|\/domain\// }, ({ path, resolveDir }) => {
      if (!path.endsWith("/bundle.ts")) rules.add(join(resolveDir, path));
      return { path: bundle, external: true };
    });
  },
});

/** The bundle exports what adapters take of the rules, beside its own. */
const exportRules = (rules: ReadonlySet<string>): Plugin => ({
  name: "export-rules",
  setup({ onLoad }) {
    onLoad({ filter: /\/bundle\.ts$/ }, async ({ path }) => {
      const lines = [...rules].toSorted().map((rule) => `export * from ${JSON.stringify(rule)};`);
      return { contents: [await readFile(path, "utf8"), ...lines].join("\n"), loader: "ts", resolveDir: dirname(path) };
    });
  },
});

/**
 * Modules of the platform are loaded by the code that uses them, when it is evaluated, and not with the file: the thread for jobs,
 * which evaluates a part of it, is 11 MB smaller without node:http and node:tls.
 */
const lateBuiltins: Plugin = {
  name: "late-builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === "import-statement" ? { path, namespace: "late" } : { path, external: true },
    );
    onLoad({ filter: /^/, namespace: "late" }, ({ path }) => ({ contents: `module.exports = require("${path}");` }));
  },
};

/** The configuration is uploaded beside the Worker, as a text. */
export const deployedConfiguration: Plugin = {
  name: "deployed-configuration",
  setup({ onResolve }) {
    onResolve({ filter: /\/cluster-text\.ts$/ }, () => ({ path: "./cluster.yaml", external: true }));
  },
};

/** What runs beside the bundle. To be built before it, as `rules` gets what the bundle must export for it. */
export const runtimeBuilds = (rules: Set<string>): BuildOptions[] => [
  {
    ...WORKERS_BUILD,
    entryPoints: { worker: "functions/runtimes/worker.ts" },
    plugins: [shareBundle(rules), deployedConfiguration],
  },
  {
    ...NODE_BUILD,
    entryPoints: { node: "functions/runtimes/main.ts", "job-thread": "functions/runtimes/job-thread.ts" },
    plugins: [shareBundle(rules), asciiOnly],
  },
];

export const bundleBuild = (rules: ReadonlySet<string>): BuildOptions => ({
  ...WORKERS_BUILD,
  entryPoints: { bundle: "functions/bundle.ts" },
  plugins: [slimBundle, exportRules(rules), embedAssets, lateBuiltins, asciiOnly],
});
