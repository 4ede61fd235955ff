/**
 * How esbuild makes a module that Workers run, and the two files that such a module finds beside itself.
 * Used by build.ts and by the benchmark. Needs only packages of `dependencies`.
 * Invariant: the bundle and the configuration are never copied into another module.
 */
import type { BuildOptions, Plugin } from "esbuild";

/** Node-style `require` for the CommonJS packages inside an ES module; long names, since esbuild does not know of them. */
export const requireBanner = (base: string): string =>
  `import{createRequire as __createRequire}from'node:module';const require=__createRequire(${base});`;

export const COMMON_BUILD = {
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
