import { expect, it } from "vitest";
import { longestSpans } from "../../../shared/domain/history/longest-spans.ts";

it("The longest spans are kept, in the order of time", () => {
  const spans = [
    { sinceMs: 0, untilMs: 50 },
    { sinceMs: 60, untilMs: 61 },
    { sinceMs: 70, untilMs: 170 },
    { sinceMs: 200, untilMs: 260 },
  ];
  expect(longestSpans(spans, 3).map(({ sinceMs }) => sinceMs)).toEqual([0, 70, 200]);
  expect(longestSpans(spans, 9)).toEqual(spans);
  expect(longestSpans([], 3)).toEqual([]);
});
