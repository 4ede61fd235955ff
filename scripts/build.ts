/**
 * `npm run build`: makes dist/ from the sources, in well under a second; `npm start` and `npm test` call it as well.
 * Knows nothing of what is in the files; esbuild-options.ts knows the entries and how each runtime wants its JavaScript.
 * Invariants: dist/bundle.mjs is one file that Workers and Node run byte for byte; only packages of `dependencies` are
 * needed to build; dist/.built says of which sources it is, so that start.sh sees whether they are others.
 */
import { execFileSync } from "node:child_process";
import { cp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { writeAssets } from "./browser-assets.ts";
import { bundleBuild, NODE_BUILD, runtimeBuilds, SMALL_BUILD } from "./esbuild-options.ts";

const DIST = "dist";
/** Built aside and then moved, so that a failed build leaves the last good one and a running service never sees half of one. */
const STAGING = ".cache/dist";
const MIGRATIONS = "shared/storage/migrations";

async function buildAll(): Promise<void> {
  const make = (options: BuildOptions): Promise<unknown> => build({ ...options, outdir: STAGING });
  const rules = new Set<string>();
  const demo = { ...NODE_BUILD, entryPoints: { demo: "functions/cli/demo/main.ts" } };
  const machine = { ...SMALL_BUILD, entryPoints: { machine: "functions/cli/machine/main.ts" } };
  await Promise.all([...runtimeBuilds(rules), demo, machine].map(make));
  await make(bundleBuild(rules));
  await writeAssets(STAGING);
}

async function describeOutputs(): Promise<string> {
  const names = (await readdir(DIST)).filter((name) => /\.[cm]js$/.test(name)).toSorted();
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(DIST, name))).size));
  return names.map((name, index) => `${name} ${Math.ceil((sizes[index] ?? 0) / 1024)} KiB`).join(", ");
}

// Before anything is read: what changes during the build counts as changed.
const sources = execFileSync("sh", ["scripts/sources.sh"]);
await rm(STAGING, { recursive: true, force: true });
try {
  await buildAll();
} catch (error) {
  // esbuild's message already lists every fault with file and line; a stack trace adds nothing.
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
await cp(MIGRATIONS, join(STAGING, "migrations"), { recursive: true });
await writeFile(join(STAGING, ".built"), sources);
await rm(DIST, { recursive: true, force: true });
await rename(STAGING, DIST);
console.log(`${DIST}: ${await describeOutputs()}`);
