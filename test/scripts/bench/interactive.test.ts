/** When a page counts as ready, by what the browser noted. */
import { expect, it } from "vitest";
import { interactiveMs, type LoadTrace } from "../../../scripts/bench/interactive.ts";

const QUIET: LoadTrace = { firstPaintMs: 100, scriptsMs: 80, longTasks: [], requests: [], untilMs: 10_000 };
const span = (startMs: number, endMs: number) => ({ startMs, endMs });

it.each<readonly [what: string, trace: Partial<LoadTrace>, expected: number | null]>([
  ["its first paint when nothing comes after it", {}, 100],
  ["when its scripts have run, if that is later", { scriptsMs: 130 }, 130],
  ["the end of the last long task", { longTasks: [span(110, 170), span(200, 280)] }, 280],
  ["the end of a task that goes on over the first paint", { longTasks: [span(90, 160)] }, 160],
  ["not later for a task that comes after the quiet", { longTasks: [span(110, 170), span(6_000, 6_100)] }, 170],
  ["later for a task within five seconds of the last one", { longTasks: [span(110, 170), span(4_800, 4_900)] }, 4_900],
  ["not yet when it was quiet for less", { untilMs: 5_099 }, null],
  ["not yet when a task has just ended", { longTasks: [span(6_000, 6_100)], untilMs: 11_000 }, 100],
  ["not later for two requests at once", { requests: [span(0, 4_000), span(0, 4_000)] }, 100],
  // More of them put off the quiet, and not the instant itself.
  ["not yet while three are under way", { requests: Array(3).fill(span(50, 6_000)) }, null],
  ["its first paint, known later, when three have ended", { requests: Array(3).fill(span(50, 4_000)) }, 100],
  [
    "the end of the last task before three requests have ended",
    { requests: Array(3).fill(span(50, 4_000)), longTasks: [span(3_000, 3_100)] },
    3_100,
  ],
])("A page is ready at %s", (_what, trace, expected) => {
  expect(interactiveMs({ ...QUIET, ...trace })).toBe(expected);
});
