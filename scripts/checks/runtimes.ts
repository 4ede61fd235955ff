/**
 * Finds out what a runtime tells of its own: nothing of the program may be in its file beside the bundle, which has all of it,
 * and what stands in functions/ for it alone stays short. Builds what build.ts builds, and reads esbuild's own account of it.
 * Called by steps.ts, and by its test on a tree with a planted fault. Invariant: writes nothing.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Metafile } from "esbuild";
import { runtimeBuilds } from "../esbuild-options.ts";

/** Belongs to the bundle: adapters take types of it, and what they need of the rules from ./bundle.mjs. */
const PROGRAM =
  /^(shared\/(domain|usecases|storage|config|probes|notify|common)|functions\/(http|endpoints|wire|jobs|monitor))\//;

/** Lines of functions/ for one runtime alone. More, and it has begun to tell the story itself. */
const MOST_LINES = 125;

export interface RuntimesReport {
  /** Lines of functions/ by the file of dist/ that holds them. */
  readonly lines: ReadonlyMap<string, number>;
  readonly faults: readonly string[];
}

/** Checks the tree below `root`. Rejects when it cannot be built. */
export async function checkRuntimes(root: string): Promise<RuntimesReport> {
  const lines = new Map<string, number>();
  const faults: string[] = [];
  for (const options of runtimeBuilds(new Set())) {
    const { metafile } = await build({
      ...options,
      absWorkingDir: root,
      outdir: "dist",
      write: false,
      metafile: true,
    });
    for (const [output, { inputs }] of Object.entries(metafile.outputs)) {
      if (!output.endsWith(".mjs")) continue;
      const own = usedInputs(inputs);
      faults.push(...own.filter((file) => PROGRAM.test(file)).map((file) => `${output} contains ${file}`));
      const count = await countLines(
        own.filter((file) => file.startsWith("functions/")).map((file) => join(root, file)),
      );
      lines.set(output, count);
      if (count > MOST_LINES) faults.push(`${output} has ${count} lines of its own in functions/, of ${MOST_LINES}`);
    }
  }
  return { lines, faults };
}

function usedInputs(inputs: Metafile["outputs"][string]["inputs"]): string[] {
  return Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));
}

async function countLines(files: readonly string[]): Promise<number> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return texts.reduce((sum, text) => sum + text.trimEnd().split("\n").length, 0);
}
