/**
 * How esbuild makes a module for each host, and the two files that such a module finds beside itself.
 * Used by build.ts and by the benchmark. Needs only packages of `dependencies`.
 * Invariant: the bundle and the configuration are never copied into another module.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";

/** Node-style `require` for the CommonJS packages inside an ES module; long names, since esbuild does not know of them. */
const requireBanner = (base: string): string =>
  `import{createRequire as __createRequire}from'node:module';const require=__createRequire(${base});`;

const COMMON_BUILD = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2024",
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

/** Node keeps a source in one byte a character if it is all ASCII, else in two. esbuild leaves regular expressions as they are. */
export const asciiOnly: Plugin = {
  name: "ascii-only",
  setup({ initialOptions, onEnd }) {
    initialOptions.write = false;
    onEnd(async ({ outputFiles = [] }) => {
      for (const { path, text } of outputFiles) {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, path.endsWith(".mjs") ? escapeNonAscii(text) : text);
      }
    });
  },
};

/** The escapes mean the same in strings, in regular expressions and in names. */
function escapeNonAscii(source: string): string {
  return source.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The hosts load the bundle that Workers run, instead of containing a second copy of it. */
export const shareBundle: Plugin = {
  name: "share-bundle",
  setup({ onResolve }) {
    onResolve({ filter: /\/bundle\.ts$/ }, () => ({ path: "./bundle.mjs", external: true }));
  },
};

/** The configuration is uploaded beside the Worker, as a text. */
export const deployedConfiguration: Plugin = {
  name: "deployed-configuration",
  setup({ onResolve }) {
    onResolve({ filter: /\/cluster-text\.ts$/ }, () => ({ path: "./cluster.yaml", external: true }));
  },
};
