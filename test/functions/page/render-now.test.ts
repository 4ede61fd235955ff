/** What of the page is written anew. */
import { expect, it } from "vitest";
import type { NowModel } from "../../../functions/page/now-model.ts";
import type { ServiceRow } from "../../../functions/page/service-row.ts";
import { renderNow } from "../../../functions/page/render-now.tsx";

const AT_MS = Date.parse("2026-11-25T12:00:00Z");

const ROW: ServiceRow = {
  id: "a",
  name: "A",
  critical: true,
  group: null,
  status: "healthy",
  message: null,
  sinceMs: AT_MS,
  response: { ms: 12, isLimit: false },
  past: null,
};

const nowOf = (generation: number, rows: readonly ServiceRow[]): NowModel => ({
  place: { generation, told: 0 },
  changesAtMs: Infinity,
  staleAfterMs: 15_000,
  overall: "healthy",
  sinceMs: AT_MS,
  sentence: "",
  blindness: null,
  updatedAtMs: AT_MS,
  isStale: false,
  banners: [],
  problems: [],
  groups: [{ key: "all", name: null, rows, total: rows.length, needLook: 0, found: 0 }],
  events: [],
});

const PAST = {
  days: [],
  uptime: {
    healthy: [],
    degraded: [],
    unknown: [],
    maintenance: [],
    down: [],
    uptime_percent: 50,
    coverage_percent: 100,
    outages: 0,
  },
  lastHour: [],
};

it.each<[string, Partial<ServiceRow>]>([
  ["status", { status: "timeout" }],
  ["reason", { message: "HTTP 503" }],
  ["response time", { response: { ms: 99, isLimit: false } }],
  ["response", { response: null }],
  ["past", { past: PAST }],
])("A row is written anew when its %s is another one, alone", (_what, change) => {
  const before = renderNow(nowOf(1, [ROW, { ...ROW, id: "b" }]), { before: null, nowMs: AT_MS });
  const changed = [
    { ...ROW, ...change },
    { ...ROW, id: "b" },
  ];
  const after = renderNow(nowOf(2, changed), { before, nowMs: AT_MS });
  const fresh = renderNow(nowOf(2, changed), { before: null, nowMs: AT_MS });
  expect([after.rows.get("a")?.html, after.rows.get("a")?.changedAt]).toEqual([fresh.rows.get("a")?.html, 2]);
  expect(after.rows.get("b")).toBe(before.rows.get("b"));
});
