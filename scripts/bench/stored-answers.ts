/**
 * What the built service takes to answer from a year of history, one request at a time, with 6 services and with 1,000; and how large
 * the answer is. Rows about endpoints of the past measure by it.
 * Invariant: nothing is probed meanwhile; the newest five minutes are not indexed, as just before a cleanup.
 */
import type { ChildProcesses } from "./child-processes.ts";
import { startLoadClient } from "./programs.ts";
import type { AbsoluteBar, AbsoluteFigure, MeasureRow } from "./row.ts";
import { probeAll, startService, watching } from "./service.ts";
import { historyFile, YEAR_OF_SIX, YEAR_OF_THOUSAND, type HistoryShape } from "./stored-history.ts";
import { startTarget } from "./target.ts";

const ROUNDS = 6;
const WARM_UPS = 2;
const ROUND_MS = 1_500;

export interface Question {
  readonly what: string;
  /** What to ask for at that share (0..1) of all rounds. */
  path(share: number, serviceCount: number): string;
  readonly bars: { readonly ofSix: AbsoluteBar; readonly ofThousand: AbsoluteBar | null };
  /** Of the answer with 6 services; absent: the size is not told. */
  readonly mostBytes?: number;
}

/** The 99th percentile of the answers to each question. */
export const storedAnswers =
  (...questions: readonly Question[]): MeasureRow =>
  async (children) => {
    const lines: AbsoluteFigure[] = [];
    for (const shape of [YEAR_OF_SIX, YEAR_OF_THOUSAND]) {
      const service = await startWith(children, shape);
      for (const question of questions) lines.push(...(await measure(children, service, { shape, question })));
    }
    return lines;
  };

async function startWith(children: ChildProcesses, shape: HistoryShape) {
  const databasePath = await historyFile(shape);
  const target = await startTarget(children);
  const service = await startService(children, watching(target.urls(shape.serviceCount)), { databasePath });
  await probeAll(service);
  return service;
}

async function measure(
  children: ChildProcesses,
  { pid, port }: { readonly pid: number; readonly port: number },
  { shape, question }: { readonly shape: HistoryShape; readonly question: Question },
): Promise<AbsoluteFigure[]> {
  const { serviceCount } = shape;
  const { what, path, bars, mostBytes } = question;
  const client = await startLoadClient(children);
  const load = { pid, port, connections: 1, durationMs: ROUND_MS };
  const values: number[] = [];
  const sizes: number[] = [];
  for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) {
    const asked = path(round / (WARM_UPS + ROUNDS), serviceCount);
    const { p99Ms } = await client.order({ ...load, path: asked });
    if (round < WARM_UPS) continue;
    values.push(p99Ms);
    sizes.push((await (await fetch(`http://127.0.0.1:${port}${asked}`)).arrayBuffer()).byteLength);
  }
  const stored = `${serviceCount.toLocaleString("en")} services, a year stored`;
  const bar = shape === YEAR_OF_SIX ? bars.ofSix : bars.ofThousand;
  const latency: AbsoluteFigure = { what: `p99 of ${what}, ${stored}`, unit: "ms", bar, values };
  if (mostBytes === undefined) return [latency];
  const sizeBar = shape === YEAR_OF_SIX ? ({ atMost: mostBytes, on: "max" } as const) : null;
  return [latency, { what: `size of ${what}, ${stored}`, unit: "bytes", bar: sizeBar, values: sizes }];
}
