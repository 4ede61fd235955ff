import { expect, it } from "vitest";
import { rankSpans } from "../../../shared/domain/history/rank-spans.ts";

it("Of spans the one that goes on comes first, then the longest, of equally long ones the older", () => {
  const spans = [
    { sinceMs: 0, untilMs: 50 },
    { sinceMs: 60, untilMs: 61 },
    { sinceMs: 70, untilMs: 170 },
    { sinceMs: 200, untilMs: 250 },
    { sinceMs: 298, untilMs: 300 },
  ];
  expect(rankSpans(spans, 300).map(({ sinceMs }) => sinceMs)).toEqual([298, 70, 0, 200, 60]);
  expect(rankSpans(spans, 301).map(({ sinceMs }) => sinceMs)).toEqual([70, 0, 200, 298, 60]);
  expect(rankSpans([], 3)).toEqual([]);
});
