/**
 * Bundles programs of processes/ as build.ts bundles the service, so that both sides of a row run what production runs.
 * Called by rows that start such programs.
 * Invariant: what dist/ shares between its programs (bundle.mjs), they take from dist/ as well.
 */
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { asciiOnly, NODE_BUILD } from "../esbuild-options.ts";
import { scratchFolder } from "./scratch-folder.ts";

export interface BundledPrograms {
  /** Path of a program by its name. */
  pathOf(name: string): string;
  remove(): Promise<void>;
}

/** What `npm run build` made; bench.sh builds it. */
export const DIST = join(import.meta.dirname, "../../dist");

const shareBundle: Plugin = {
  name: "share-bundle",
  setup({ onResolve }) {
    onResolve({ filter: /\/bundle\.ts$/ }, () => ({ path: join(DIST, "bundle.mjs"), external: true }));
  },
};

/** `names` are file names in processes/ without their ending. */
export async function bundlePrograms(names: readonly string[]): Promise<BundledPrograms> {
  const { path: folder, remove } = await scratchFolder();
  try {
    await build({
      ...NODE_BUILD,
      entryPoints: names.map((name) => join(import.meta.dirname, "processes", `${name}.ts`)),
      outdir: folder,
      plugins: [shareBundle, asciiOnly],
    });
  } catch (error) {
    await remove();
    throw error;
  }
  return { pathOf: (name) => join(folder, `${name}.mjs`), remove };
}
