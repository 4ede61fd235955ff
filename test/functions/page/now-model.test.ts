/** What the page makes of a commit. */
import { describe, expect, it } from "vitest";
import { buildNow, type NowInput } from "../../../functions/page/now-model.ts";
import type { CheckStatus, Reason } from "../../../shared/domain/monitoring/check.ts";
import type { Snapshot } from "../../../shared/ports/store.ts";

const AT_MS = Date.parse("2026-11-25T12:00:00Z");
const SECOND = 1_000;

interface Seen {
  readonly status: CheckStatus;
  readonly reason?: Reason;
  readonly message?: string;
  readonly responseTimeMs?: number;
  readonly critical?: boolean;
}

function inputOf(seen: Readonly<Record<string, Seen>>, more: Partial<NowInput> = {}): NowInput {
  const services = Object.entries(seen).map(([id, { critical = true }]) => ({
    id,
    name: id,
    critical,
    group: null,
    intervalMs: 5_000,
  }));
  const states = Object.entries(seen).map(([id, { status, reason = null, message = null }]) => {
    return [id, { status, reason, message, sinceMs: AT_MS }] as const;
  });
  const checks = Object.entries(seen).map(([id, { responseTimeMs = 12 }]) => [id, { responseTimeMs }] as const);
  const board = {
    atMs: AT_MS,
    overall: "degraded",
    overallSinceMs: AT_MS,
    services: new Map(states),
    inTheWay: [],
    staleAtMs: Infinity,
  } as const;
  // What else a snapshot holds is not looked at.
  const moment = { atMs: AT_MS, checks: new Map(checks), degradedThresholdPercent: 70 };
  const snapshot = { moment } as unknown as Snapshot;
  const nothing = { banners: [], problems: [], isolatedSinceMs: null, isLasting: true, transitions: [] };
  return { snapshot, board, services, ...nothing, nowMs: AT_MS + SECOND, ...more };
}

const rowsOf = (input: NowInput) => buildNow(input).groups.flatMap(({ rows }) => rows);

describe("the model of Now", () => {
  it("puts first what needs a look, critical things before others, else as they are configured", () => {
    const rows = rowsOf(
      inputOf({
        well: { status: "healthy" },
        planned: { status: "maintenance" },
        slow: { status: "degraded" },
        lost: { status: "unknown" },
        minor: { status: "error", critical: false },
        late: { status: "timeout" },
        broken: { status: "unhealthy" },
      }),
    );
    expect(rows.map(({ id }) => id)).toEqual(["late", "broken", "minor", "lost", "slow", "planned", "well"]);
  });

  it("shows no number that was not measured", () => {
    const rows = rowsOf(
      inputOf({
        refused: { status: "error", responseTimeMs: 1 },
        late: { status: "timeout", responseTimeMs: 10_000 },
        lost: { status: "unknown", responseTimeMs: 3 },
        failing: { status: "unhealthy", responseTimeMs: 4 },
        well: { status: "healthy", responseTimeMs: 74 },
      }),
    );
    expect(Object.fromEntries(rows.map(({ id, response }) => [id, response]))).toEqual({
      refused: null,
      late: { ms: 10_000, isLimit: true },
      lost: null,
      failing: { ms: 4, isLimit: false },
      well: { ms: 74, isLimit: false },
    });
  });

  it("is not of now when there was no commit for three intervals, 15 s at least", () => {
    const isStaleAfter = (seconds: number): boolean =>
      buildNow(inputOf({ a: { status: "healthy" } }, { nowMs: AT_MS + seconds * SECOND })).isStale;
    expect([isStaleAfter(15), isStaleAfter(16)]).toEqual([false, true]);
    expect(buildNow(inputOf({ a: { status: "unknown" } }, { snapshot: null }))).toMatchObject({
      isStale: false,
      updatedAtMs: null,
      sentence: "Waiting for the first checks: 0 of 1 have finished.",
    });
  });

  it("tells of what went wrong and for how long, not that it is well again or has begun well", () => {
    const transitions = (["healthy", "timeout", "healthy"] as const).map((to, index) => {
      const atMs = AT_MS - index * SECOND;
      return {
        serviceId: "a",
        atMs,
        from: "unknown",
        to,
        reason: null,
        message: null,
        endedAtMs: atMs + SECOND,
      } as const;
    });
    const { events } = buildNow(inputOf({ a: { status: "healthy" } }, { transitions }));
    expect(events).toEqual([{ atMs: AT_MS - SECOND, name: "a", to: "timeout", message: null, lastedMs: SECOND }]);
  });

  it("makes text of services short, and takes what cannot be seen out of it", () => {
    const message = `\u202Egnp.exe\u0007 ${"x".repeat(70_000)}`;
    const [row] = rowsOf(inputOf({ a: { status: "error", message } }));
    expect(row?.message).toMatch(/^gnp\.exe x{191}…$/);
  });

  it("says that the monitor was paused when nothing at all has a fresh check, not when one service has none", () => {
    const stale = { status: "unknown", reason: "stale" } as const;
    const blindnessOf = (seen: Readonly<Record<string, Seen>>) => buildNow(inputOf(seen)).blindness;
    expect(blindnessOf({ a: stale, b: stale })).toEqual({ reason: "monitor_paused", sinceMs: AT_MS });
    expect(blindnessOf({ a: stale, b: { status: "healthy" } })).toBeNull();
    expect(blindnessOf({ a: stale, b: { status: "unknown", reason: "not_checked" } })).toBeNull();
    expect(blindnessOf({})).toBeNull();
    // The commits of rounds may be missing for other reasons.
    expect(buildNow(inputOf({ a: stale }, { isLasting: false })).blindness).toBeNull();
  });

  it("knows nothing of what a monitor cannot reach that is cut off, since it is, and counts what has answered", () => {
    const [out, lost] = [{ status: "timeout", reason: "deadline_connect" } as const, AT_MS - SECOND];
    const refused = { status: "error", reason: "refused" } as const;
    const cutOff = (seen: Readonly<Record<string, Seen>>) => buildNow(inputOf(seen, { isolatedSinceMs: lost }));
    expect(cutOff({ a: out, b: refused })).toMatchObject({
      overall: "unknown",
      sinceMs: lost,
      sentence: "1 of 2 critical services is failing: b. No fresh evidence about 1 of 2 critical services: a.",
      blindness: { reason: "isolated", sinceMs: lost },
    });
    // As the rest of the cluster says.
    const well = { status: "healthy" } as const;
    expect(cutOff({ a: out, b: well, c: well, d: well })).toMatchObject({ overall: "degraded", sinceMs: AT_MS });
    expect(buildNow(inputOf({ a: out })).sentence).toBe("1 of 1 critical service is failing: a.");
  });
});
