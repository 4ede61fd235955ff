/**
 * `npm run build`: makes dist/ from the sources, in well under a second; `npm start` and `npm test` call it as well.
 * Knows the entry files and how each host wants its JavaScript; knows nothing of what is in them.
 * Invariants: dist/bundle.mjs is one file that Workers and Node run byte for byte; only packages of `dependencies` are
 * needed to build; dist/.built carries the time at which the build began, so that start.sh sees what changed since.
 */
import { cp, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { asciiOnly, deployedConfiguration, NODE_BUILD, shareBundle, WORKERS_BUILD } from "./esbuild-options.ts";

const DIST = "dist";
/** Built aside and then moved, so that a failed build leaves the last good one and a running service never sees half of one. */
const STAGING = ".cache/dist";
const MIGRATIONS = "shared/storage/migrations";

const BUILDS: readonly BuildOptions[] = [
  { ...WORKERS_BUILD, entryPoints: { bundle: "functions/bundle.ts" } },
  {
    ...WORKERS_BUILD,
    entryPoints: { worker: "functions/runtimes/worker.ts" },
    plugins: [shareBundle, deployedConfiguration],
  },
  {
    ...NODE_BUILD,
    entryPoints: { node: "functions/runtimes/node.ts", housekeeping: "functions/runtimes/housekeeping-thread.ts" },
    plugins: [shareBundle, asciiOnly],
  },
  { ...NODE_BUILD, entryPoints: { demo: "functions/cli/demo/main.ts" } },
];

async function describeOutputs(): Promise<string> {
  const names = (await readdir(DIST)).filter((name) => name.endsWith(".mjs")).toSorted();
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(DIST, name))).size));
  return names.map((name, index) => `${name} ${Math.ceil((sizes[index] ?? 0) / 1024)} KiB`).join(", ");
}

const startedAt = new Date();
await rm(STAGING, { recursive: true, force: true });
try {
  await Promise.all(BUILDS.map((options) => build({ ...options, outdir: STAGING })));
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
