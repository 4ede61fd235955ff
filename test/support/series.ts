/** Series as GET /series tells them, for tests of pages: a day in as many columns as there are values. */
import type { Series } from "../../functions/page/read-service.ts";

export const SINCE = "2026-11-25T00:00:00.000Z";
export const UNTIL = "2026-11-26T00:00:00.000Z";
const DAY_S = 86_400;

export function seriesOf(p95: readonly (number | null)[], more: Partial<Series> = {}): Series {
  const stepS = DAY_S / p95.length;
  const count = p95.filter((value) => value !== null).length;
  const measured = p95.filter((value) => value !== null);
  const latest = measured.length === 0 ? null : Math.max(...measured);
  return {
    service: "a",
    name: "Agent",
    since: SINCE,
    until: UNTIL,
    step_s: stepS,
    exact: true,
    t: p95.map((_, index) => Date.parse(SINCE) / 1_000 + index * stepS),
    p50: p95,
    p95,
    max: p95,
    count: p95.map((value) => (value === null ? 0 : 1)),
    timeouts: p95.map(() => 0),
    timeout_s: null,
    total: { count, p50: measured[0] ?? null, p95: latest, p99_5: measured[0] ?? null, max: latest },
    outages: [],
    outages_total: 0,
    outage_spans_total: 0,
    maintenance: [],
    maintenance_total: 0,
    marks: [],
    marks_total: 0,
    ...more,
  };
}
