/**
 * Bundles programs of processes/ as build.ts bundles the service, so that both sides of a row run what production runs.
 * Called by rows that start such programs.
 * Invariant: a program holds one copy of what it uses, as the service does.
 */
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { asciiOnly, NODE_BUILD, shareBundle } from "../esbuild-options.ts";
import { scratchFolder } from "./scratch-folder.ts";

export interface BundledPrograms {
  /** Path of a program by its name. */
  pathOf(name: string): string;
  remove(): Promise<void>;
}

/** What `npm run build` made; bench.sh builds it. */
export const DIST = join(import.meta.dirname, "../../dist");

/** For programs that take the monitor from dist/bundle.mjs, as the service does. */
export const SHARE_BUNDLE = shareBundle(new Set(), join(DIST, "bundle.mjs"));

/** `names` are file names in processes/ without their ending. */
export async function bundlePrograms(names: readonly string[], ...plugins: Plugin[]): Promise<BundledPrograms> {
  const { path: folder, remove } = await scratchFolder();
  try {
    await build({
      ...NODE_BUILD,
      entryPoints: names.map((name) => join(import.meta.dirname, "processes", `${name}.ts`)),
      outdir: folder,
      plugins: [...plugins, asciiOnly],
    });
  } catch (error) {
    await remove();
    throw error;
  }
  return { pathOf: (name) => join(folder, `${name}.mjs`), remove };
}
