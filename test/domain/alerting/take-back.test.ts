/** What alerting remembers of a clock that was ahead by weeks: what people wait for is late by none of it. */
import { describe, expect, it } from "vitest";
import type { AlertingState } from "../../../shared/domain/alerting/alerting-state.ts";
import { takeBackAlerting } from "../../../shared/domain/alerting/take-back.ts";
import type { TakenBack } from "../../../shared/domain/monitoring/clock-lead.ts";
import { check, HOUR, MINUTE, T0 } from "../../support/checks.ts";
import { alerted, AlertingBench } from "../../support/lived-alerting.ts";

const DAY = 24 * HOUR;

/** The clock is put right: the bench goes on from the present. */
function takeBack(bench: AlertingBench, leadMs: number): TakenBack {
  const by = { nowMs: bench.nowMs - leadMs, leadMs };
  bench.state = takeBackAlerting(bench.state, by);
  bench.nowMs = by.nowMs;
  return by;
}

/** An alert about `a` that has fired, by a clock that is ahead. */
function firedAhead(leadMs: number): AlertingBench {
  const bench = new AlertingBench([alerted("a"), alerted("b")], { restarts: true });
  bench.nowMs = T0 + leadMs;
  for (let count = 0; count < 3; count += 1) bench.fail("a");
  return bench;
}

const told = ({ outgoing }: AlertingBench, from = 0): string[] =>
  outgoing.slice(from).map(({ channel, notification }) => `${notification.type} ${channel}`);

describe.each([
  ["400 days", 400 * DAY],
  ["25 hours", 25 * HOUR],
])("a clock that was ahead by %s", (_name, leadMs) => {
  it("moves when an alert began and when it fired, and its next step comes when it would have come", () => {
    const bench = firedAhead(leadMs);
    const before = bench.alertOf("a");
    const { nowMs } = takeBack(bench, leadMs);
    expect(bench.alertOf("a")).toMatchObject({
      id: before?.id,
      sinceMs: (before?.sinceMs ?? 0) - leadMs,
      firedAtMs: (before?.firedAtMs ?? 0) - leadMs,
    });
    const sent = bench.outgoing.length;
    while (bench.nowMs < nowMs + 6 * MINUTE) bench.fail("a");
    expect(told(bench, sent)).toEqual(["alert.escalated slack", "alert.escalated email"]);
  });

  it("leaves an acknowledgement its time, and no more", () => {
    const bench = firedAhead(leadMs);
    const untilMs = bench.nowMs + HOUR;
    bench.command({ kind: "acknowledge", alertId: bench.alertOf("a")?.id ?? "", by: "kim", comment: null });
    const { nowMs } = takeBack(bench, leadMs);
    expect(bench.alertOf("a")).toMatchObject({ state: "acknowledged", acknowledgedUntilMs: untilMs - leadMs });
    while (bench.nowMs < nowMs + HOUR + MINUTE) bench.fail("a");
    expect(bench.alertOf("a")?.state).toBe("firing");
  });

  it("leaves a silence that it made its time, and one for next week its week", () => {
    const bench = firedAhead(leadMs);
    const common = { matcher: { services: ["b"], severities: [] }, author: "kim", comment: "x" };
    const startsAtMs = bench.nowMs;
    const made = { ...common, id: "made", createdAtMs: startsAtMs, startsAtMs, endsAtMs: startsAtMs + HOUR };
    const planned = { ...common, id: "planned", createdAtMs: T0 - 1, startsAtMs: T0 + 7 * DAY, endsAtMs: T0 + 8 * DAY };
    bench.state = { ...bench.state, silences: [made, planned] } satisfies AlertingState;
    takeBack(bench, leadMs);
    expect(bench.state.silences).toEqual([
      { ...made, createdAtMs: startsAtMs - leadMs, startsAtMs: startsAtMs - leadMs, endsAtMs: made.endsAtMs - leadMs },
      planned,
    ]);
  });

  it("changes nothing that is right", () => {
    const bench = firedAhead(0);
    expect(takeBackAlerting(bench.state, { nowMs: bench.nowMs, leadMs }).subjects).toEqual(bench.state.subjects);
  });
});

it("tells of the clock once, and that is over after some hours", () => {
  const bench = firedAhead(400 * DAY);
  const takenBack = takeBack(bench, 400 * DAY);
  bench.sweep([check("b", bench.nowMs)], { takenBack });
  expect(bench.alertOf("#clock")).toMatchObject({ state: "firing", severity: "warning", reason: "clock" });
  expect(bench.alertOf("#clock")?.message).toMatch(/^The clock was 400 d ahead until 2026-03-10T/);
  bench.sweep([check("b", bench.nowMs)]);
  bench.nowMs += 4 * HOUR;
  bench.sweep([check("b", bench.nowMs)]);
  expect(bench.alertOf("#clock")).toBeNull();
});
