/** What is left out of uPlot is there to be left out. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withoutUnused } from "../../scripts/slim-uplot.ts";

it("Of uPlot the kinds of lines that nobody uses are left out; one that is written otherwise is refused", () => {
  const source = readFileSync("node_modules/uplot/dist/uPlot.esm.js", "utf8");
  const slim = withoutUnused(source);
  expect(slim).not.toContain("paths.spline");
  expect(slim).toContain("paths.linear");
  expect(slim).not.toContain("showLegend");
  expect(() => withoutUnused(slim)).toThrow("paths.stepped");
});
