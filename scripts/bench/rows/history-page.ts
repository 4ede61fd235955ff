/**
 * GET /history?limit=10: the newest sweeps with everything that was known then, one request at a time.
 * Listed in registry.ts. At 1,000 services a page is 2.5 MB, so only that of 6 services has a bar.
 * Invariant: nothing is probed meanwhile.
 */
import { historyFigures } from "../history-service.ts";
import type { MeasureRow } from "../row.ts";

export const historyPage: MeasureRow = (children) =>
  historyFigures(children, {
    what: "the newest 10 sweeps",
    path: () => "/history?limit=10",
    bars: [{ atMost: 5, on: "median" }, null],
  });
