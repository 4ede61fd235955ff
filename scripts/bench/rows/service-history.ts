/**
 * GET /history/{service}: a day of one service, one request at a time, with a long history stored.
 * Listed in registry.ts. Each round asks for another service, so that not all of it is the same few pages of the file.
 * Invariant: nothing is probed meanwhile; the newest five minutes are not indexed, as just before a cleanup.
 */
import { startHistoryService, YEAR_OF_THOUSAND, YEAR_OF_SIX } from "../history-service.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";
import type { HistoryShape } from "../stored-history.ts";

const ROUNDS = 6;
const WARM_UPS = 2;
const ROUND_MS = 1_500;

export const serviceHistory: MeasureRow = async (children) => {
  const figures: AbsoluteFigure[] = [];
  for (const [shape, stored] of [
    [YEAR_OF_SIX, "6 services, a year stored"],
    [YEAR_OF_THOUSAND, "1,000 services, a year stored"],
  ] as const) {
    const values = await measure(children, shape);
    figures.push({
      what: `p99 of a day of one service, ${stored}`,
      unit: "ms",
      bar: { atMost: 10, on: "median" },
      values,
    });
  }
  return figures;
};

async function measure(children: Parameters<MeasureRow>[0], shape: HistoryShape): Promise<number[]> {
  const service = await startHistoryService(children, shape);
  try {
    const values: number[] = [];
    for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) {
      const index = Math.floor((round * shape.serviceCount) / (WARM_UPS + ROUNDS));
      values.push(await service.p99Ms(`/history/service_${index}`, ROUND_MS));
    }
    return values.slice(WARM_UPS);
  } finally {
    await service.removeFiles();
  }
}
