/**
 * Leaves out of uPlot the kinds of lines that no chart of ours has: 2.6 of 23 kB, compressed (uPlot 1.6.32, November 2026). A bundler
 * cannot, since uPlot assigns them to its class. Used by browser-assets.ts.
 * Invariant: a uPlot that is written in another way is not built, so that nobody relies on what is not there.
 */
import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

const UNUSED = [
  "(paths.stepped = stepped);",
  "(paths.bars    = bars);",
  "(paths.spline  = monotoneCubic);",
  "uPlot.join = join;",
] as const;

export const slimUplot: Plugin = {
  name: "slim-uplot",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]uPlot\.esm\.js$/ }, async ({ path }) => ({
      contents: withoutUnused(await readFile(path, "utf8")),
      loader: "js",
    }));
  },
};

export function withoutUnused(source: string): string {
  const missing = UNUSED.find((statement) => !source.includes(statement));
  if (missing !== undefined) throw new Error(`uPlot has no "${missing}" any more: see scripts/slim-uplot.ts`);
  return UNUSED.reduce((rest, statement) => rest.replace(statement, ""), source);
}
