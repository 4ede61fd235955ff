/**
 * GET /history/{service}: a day of one service, one request at a time, with a long history stored.
 * Listed in registry.ts. Each round asks for another service, so that not all of it is the same few pages of the file.
 * Invariant: nothing is probed meanwhile; the newest five minutes are not indexed, as just before a cleanup.
 */
import { historyFigures } from "../history-service.ts";
import type { AbsoluteBar, MeasureRow } from "../row.ts";

const BAR: AbsoluteBar = { atMost: 10, on: "median" };

export const serviceHistory: MeasureRow = (children) =>
  historyFigures(children, {
    what: "a day of one service",
    path: (round, rounds, { serviceCount }) => `/history/service_${Math.floor((round * serviceCount) / rounds)}`,
    bars: [BAR, BAR],
  });
