/**
 * Finds out what a runtime tells of its own: nothing of the program may be in its file beside the bundle, which has all of it,
 * and what stands in functions/ for it alone stays short. Builds what build.ts builds, and reads esbuild's own account of it.
 * Called by check.ts, and by its test on a tree with a planted fault. Invariant: writes nothing.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { runtimeBuilds } from "../esbuild-options.ts";
import type { StepResult } from "./step.ts";

/** Belongs to the bundle: adapters take types of it, and what they need of the rules from ./bundle.mjs. */
const PROGRAM =
  /^(shared\/(domain|usecases|storage|config|probes|notify|common)|functions\/(http|endpoints|wire|jobs|monitor))\//;

/** Lines of functions/ for one runtime alone. More, and it has begun to tell the story itself. */
const MOST_LINES = 125;

/** Checks the tree below `root`. Rejects when it cannot be built. */
export async function checkRuntimes(root: string): Promise<StepResult> {
  const notes: string[] = [];
  const faults: string[] = [];
  for (const options of runtimeBuilds(new Set())) {
    const settings = { absWorkingDir: root, outdir: "dist", write: false, metafile: true } as const;
    const { metafile } = await build({ ...options, ...settings });
    for (const [output, { inputs }] of Object.entries(metafile.outputs)) {
      if (!output.endsWith(".mjs")) continue;
      const own = Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));
      faults.push(...own.filter((file) => PROGRAM.test(file)).map((file) => `${output} contains ${file}`));
      const functions = own.filter((file) => file.startsWith("functions/"));
      const texts = await Promise.all(functions.map((file) => readFile(join(root, file), "utf8")));
      const count = texts.flatMap((text) => text.trimEnd().split("\n")).length;
      notes.push(`${output} ${count}`);
      if (count > MOST_LINES) faults.push(`${output} has ${count} lines of its own in functions/, of ${MOST_LINES}`);
    }
  }
  return { faults, note: notes.join(", ") };
}
