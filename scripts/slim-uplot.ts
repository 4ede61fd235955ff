/**
 * Leaves out of uPlot the kinds of lines that no chart of ours has, its legend, and what it hands to plugins: 3.1 of 23 kB, compressed
 * (uPlot 1.6.32, November 2026). A bundler cannot, since uPlot assigns them to its class. Used by browser-assets.ts.
 * Invariant: a uPlot that is written in another way is not built, so that nobody relies on what is not there.
 */
import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

const UNUSED = [
  "(paths.stepped = stepped);",
  "(paths.bars    = bars);",
  "(paths.spline  = monotoneCubic);",
  "uPlot.join = join;",
  "uPlot.assign = assign;",
  "uPlot.fmtNum = fmtNum;",
  "uPlot.rangeNum = rangeNum;",
  "uPlot.rangeLog = rangeLog;",
  "uPlot.rangeAsinh = rangeAsinh;",
  "uPlot.orient   = orient;",
  "uPlot.fmtDate = fmtDate;",
  "uPlot.tzDate  = tzDate;",
  "uPlot.addGap = addGap;",
  "uPlot.clipGaps = clipGaps;",
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

/** Charts here have a legend of their own. */
const LEGEND = "const showLegend = legend.show;";

export function withoutUnused(source: string): string {
  const missing = [...UNUSED, LEGEND].find((statement) => !source.includes(statement));
  if (missing !== undefined) throw new Error(`uPlot has no "${missing}" any more: see scripts/slim-uplot.ts`);
  const rest = [...UNUSED, LEGEND].reduce((left, statement) => left.replace(statement, ""), source);
  return rest.replaceAll(/\bshowLegend\b/g, "false");
}
