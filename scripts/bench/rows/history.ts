/**
 * What the built service takes to answer from a year of history, one request at a time: a page of the newest sweeps, and a day of
 * one service. At 1,000 services a page is 2.5 MB, so only that of 6 services has a bar.
 * Invariant: nothing is probed meanwhile; the newest five minutes are not indexed, as just before a cleanup.
 */
import { startLoadClient } from "../programs.ts";
import type { AbsoluteBar, AbsoluteFigure, MeasureRow } from "../row.ts";
import { probeAll, startService, watching } from "../service.ts";
import { historyFile, YEAR_OF_SIX, YEAR_OF_THOUSAND } from "../stored-history.ts";
import { startTarget } from "../target.ts";

const ROUNDS = 6;
const WARM_UPS = 2;
const ROUND_MS = 1_500;

interface Question {
  readonly what: string;
  /** What to ask for at that share (0..1) of all rounds. */
  path(share: number, serviceCount: number): string;
  readonly bars: { readonly ofSix: AbsoluteBar; readonly ofThousand: AbsoluteBar | null };
}

/** The 99th percentile of the answers. */
const historyRow =
  ({ what, path, bars }: Question): MeasureRow =>
  async (children) => {
    const lines: AbsoluteFigure[] = [];
    for (const [shape, bar] of [
      [YEAR_OF_SIX, bars.ofSix],
      [YEAR_OF_THOUSAND, bars.ofThousand],
    ] as const) {
      const { serviceCount } = shape;
      const databasePath = await historyFile(shape);
      const target = await startTarget(children);
      const service = await startService(children, watching(target.urls(serviceCount)), { databasePath });
      await probeAll(service);
      const client = await startLoadClient(children);
      const load = { pid: service.pid, port: service.port, connections: 1, durationMs: ROUND_MS };
      const values: number[] = [];
      for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) {
        const { p99Ms } = await client.order({ ...load, path: path(round / (WARM_UPS + ROUNDS), serviceCount) });
        if (round >= WARM_UPS) values.push(p99Ms);
      }
      const stored = `${serviceCount.toLocaleString("en")} services, a year stored`;
      lines.push({ what: `p99 of ${what}, ${stored}`, unit: "ms", bar, values });
    }
    return lines;
  };

export const historyPage = historyRow({
  what: "the newest 10 sweeps",
  path: () => "/history?limit=10",
  bars: { ofSix: { atMost: 5, on: "median" }, ofThousand: null },
});

/** Each round asks for another service, so that not all of it is the same few pages of the file. */
export const serviceHistory = historyRow({
  what: "a day of one service",
  path: (share, serviceCount) => `/history/service_${Math.floor(share * serviceCount)}`,
  bars: { ofSix: { atMost: 10, on: "median" }, ofThousand: { atMost: 10, on: "median" } },
});
