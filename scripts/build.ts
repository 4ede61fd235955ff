/**
 * `npm run build`: makes dist/ from the sources, in well under a second; `npm start` and `npm test` call it as well.
 * Knows the entry files and how each host wants its JavaScript; knows nothing of what is in them.
 * Invariants: dist/bundle.mjs is one file that Workers and Node run byte for byte; only packages of `dependencies` are
 * needed to build; dist/.built carries the time at which the build began, so that start.sh sees what changed since.
 */
import { cp, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";

const DIST = "dist";
/** Built aside and then moved, so that a failed build leaves the last good one and a running service never sees half of one. */
const STAGING = ".cache/dist";
const MIGRATIONS = "shared/storage/migrations";

/** Node-style `require` for the CommonJS packages inside an ES module; long names, since esbuild does not know of them. */
const requireBanner = (base: string): string =>
  `import{createRequire as __createRequire}from'node:module';const require=__createRequire(${base});`;

const COMMON = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2024",
  outExtension: { ".js": ".mjs" },
  outdir: STAGING,
  logLevel: "silent",
} satisfies BuildOptions;

/** The hosts load the bundle that Workers run, instead of containing a second copy of it. */
const shareBundle: Plugin = {
  name: "share-bundle",
  setup({ onResolve }) {
    onResolve({ filter: /\/bundle\.ts$/ }, () => ({ path: "./bundle.mjs", external: true }));
  },
};

/** The configuration is uploaded beside the Worker, as a text. */
const deployedConfiguration: Plugin = {
  name: "deployed-configuration",
  setup({ onResolve }) {
    onResolve({ filter: /\/cluster-text\.ts$/ }, () => ({ path: "./cluster.yaml", external: true }));
  },
};

/** What `bundle` and `worker` have in common: they run on Workers. */
const WORKERS = {
  ...COMMON,
  conditions: ["workerd", "worker"],
  minify: true,
  lineLimit: 200, // Node prints the whole line of an uncaught error
  banner: { js: requireBanner("'file:///'") }, // Workers have no import.meta.url
} satisfies BuildOptions;

const BUILDS: readonly BuildOptions[] = [
  { ...WORKERS, entryPoints: { bundle: "functions/bundle.ts" } },
  {
    ...WORKERS,
    entryPoints: { worker: "functions/hosts/worker.ts" },
    plugins: [shareBundle, deployedConfiguration],
  },
  {
    ...COMMON,
    entryPoints: { node: "functions/hosts/node.ts", maintenance: "functions/hosts/maintenance-thread.ts" },
    external: ["better-sqlite3"], // finds its binary next to itself
    plugins: [shareBundle],
    banner: { js: requireBanner("import.meta.url") },
  },
  {
    ...COMMON,
    entryPoints: { demo: "scripts/demo/main.ts" },
    banner: { js: requireBanner("import.meta.url") },
  },
];

async function describeOutputs(): Promise<string> {
  const names = (await readdir(DIST)).filter((name) => name.endsWith(".mjs")).toSorted();
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(DIST, name))).size));
  return names.map((name, index) => `${name} ${Math.ceil((sizes[index] ?? 0) / 1024)} KiB`).join(", ");
}

const startedAt = new Date();
await rm(STAGING, { recursive: true, force: true });
try {
  await Promise.all(BUILDS.map((options) => build(options)));
} catch (error) {
  // esbuild's message already lists every fault with file and line; a stack trace adds nothing.
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
await cp(MIGRATIONS, join(STAGING, "migrations"), { recursive: true });
await writeFile(join(STAGING, ".built"), "");
await utimes(join(STAGING, ".built"), startedAt, startedAt);
await rm(DIST, { recursive: true, force: true });
await rename(STAGING, DIST);
console.log(`${DIST}: ${await describeOutputs()}`);
