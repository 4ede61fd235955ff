/**
 * Leaves out of uPlot the kinds of lines that no chart of ours has, its legend, its labels of times, and what it hands to plugins: 4 of 24 kB, compressed
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

const LEGEND = "const showLegend = legend.show;";

/** Charts here have a legend and labels of their own, so that nothing is made of what would make them. */
const INSTEAD: Readonly<Record<string, string>> = {
  [LEGEND]: "",
  "const days3 = days.map(slice3);": "const days3 = null;",
  "const months3 = months.map(slice3);": "const months3 = null;",
  "const localTz = new Intl.DateTimeFormat().resolvedOptions().timeZone;": "const localTz = null;",
  "\t\t_timeAxisStamps,\n": "\t\tnull,\n",
  "const _fmtDate = (opts.fmtDate || fmtDate);": "",
  "const _timeAxisVals   = timeAxisVals(_tzDate, timeAxisStamps((ms == 1 ? _timeAxisStampsMs : _timeAxisStampsS), _fmtDate));":
    "const _timeAxisVals = null;",
  "const _timeSeriesVal  = timeSeriesVal(_tzDate, timeSeriesStamp(_timeSeriesStamp, _fmtDate));":
    "const _timeSeriesVal = null;",
  "(isStr(sv) ? timeSeriesVal(_tzDate, timeSeriesStamp(sv, _fmtDate)) : sv || _timeSeriesVal)": "sv",
  "timeAxisVals(_tzDate, timeAxisStamps(av, _fmtDate))": "null",
  "timeAxisVal(_tzDate, av)": "null",
};

export function withoutUnused(source: string): string {
  const replaced = [...UNUSED.map((statement) => [statement, ""] as const), ...Object.entries(INSTEAD)];
  const slim = replaced.reduce((left, [statement, instead]) => {
    if (!left.includes(statement)) throw new Error(`uPlot has no "${statement}" any more: see scripts/slim-uplot.ts`);
    return left.replace(statement, instead);
  }, source);
  return slim.replaceAll(/\bshowLegend\b/g, "false");
}
