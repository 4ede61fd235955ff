/** Everything that is measured of the page, in a real browser. */
import type { MeasureRow } from "../row.ts";
import { pageDay } from "./page-day.ts";
import { pageInteractive } from "./page-interactive.ts";
import { pageLive, pageSeen } from "./page-live.ts";
import { pageCpu, pageLoad } from "./page-load.ts";

export const PAGE_ROWS: Readonly<Record<string, MeasureRow>> = {
  "page-load": pageLoad,
  "page-interactive": pageInteractive,
  "page-live": pageLive,
  "page-day": pageDay,
  "page-seen": pageSeen,
  "page-cpu": pageCpu,
};
