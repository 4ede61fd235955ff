/**
 * GET /history?limit=10: the newest sweeps with everything that was known then, one request at a time.
 * Listed in registry.ts. At 1,000 services a page is 2.5 MB, so only that of 6 services has a bar.
 * Invariant: nothing is probed meanwhile.
 */
import { startHistoryService, YEAR_OF_THOUSAND, YEAR_OF_SIX } from "../history-service.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";

const PATH = "/history?limit=10";
const ROUNDS = 6;
const WARM_UPS = 2;
const ROUND_MS = 1_500;

export const historyPage: MeasureRow = async (children) => {
  const figures: AbsoluteFigure[] = [];
  for (const [shape, stored, bar] of [
    [YEAR_OF_SIX, "6 services, a year stored", { atMost: 5, on: "median" }],
    [YEAR_OF_THOUSAND, "1,000 services, a year stored", null],
  ] as const) {
    const service = await startHistoryService(children, shape);
    try {
      const values: number[] = [];
      for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) values.push(await service.p99Ms(PATH, ROUND_MS));
      figures.push({ what: `p99 of the newest 10 sweeps, ${stored}`, unit: "ms", bar, values: values.slice(WARM_UPS) });
    } finally {
      await service.removeFiles();
    }
  }
  return figures;
};
