/** What Setup says of channels, their tests and drills. */
import { describe, expect, it } from "vitest";
import type { Channels, Drills } from "../../../functions/page/read-setup.ts";
import { channelRows, drillModel, isUnderWay } from "../../../functions/page/setup-model.ts";

type Channel = Channels["channels"][number];
type Test = NonNullable<Channel["last_test"]>;
type Drill = NonNullable<Drills["drill"]>;

const NOW_MS = Date.parse("2026-11-30T12:00:00Z");
const ago = (seconds: number): string => new Date(NOW_MS - seconds * 1_000).toISOString();

function channel(more: Partial<Channel> = {}): Channel {
  const nothing = {
    last_delivery: null,
    last_failure: null,
    failure: null,
    message: null,
    last_receipt: null,
    last_test: null,
  };
  return { name: "ops", type: "slack", state: "working", pending: 0, used_for: [], ...nothing, ...more };
}

function test(more: Partial<Test> = {}): Test {
  const nothing = { ended_at: null, outcome: null, reason: null, message: null, receipt: null };
  return { started_at: ago(4), by: "anna", state: "running", ...nothing, ...more };
}

const rowOf = (more: Partial<Channel>) => channelRows({ channels: [channel(more)] }, NOW_MS)[0];
const testOf = (more: Partial<Test>) => rowOf({ last_test: test(more) })?.test;

describe("a channel", () => {
  it("says what it is for, by the policies", () => {
    const uses = [
      { severity: "critical", after_s: 0 },
      { severity: "warning", after_s: 900 },
    ] as const;
    expect(rowOf({ used_for: uses })?.purpose).toBe("critical at once, warning after 15 min");
    expect(rowOf({})?.purpose).toBe("nothing: no policy names it");
  });

  it("that was never used is not shown as if it worked", () => {
    expect(rowOf({ state: "unused" })).toMatchObject({ group: "unknown", deliveredAtMs: null });
    expect(rowOf({ state: "broken" })).toMatchObject({ group: "down" });
  });

  it("tells why it failed in words that are short and turn nothing", () => {
    const row = rowOf({ last_failure: ago(9), failure: "refused", message: `\u202E${"x".repeat(70_000)}` });
    expect(row?.failure).toMatch(/^refused: x+…$/);
    expect(row?.failure?.length).toBe(200);
  });
});

describe("the test of a channel", () => {
  it("goes on until it has ended, and never looks as if it had", () => {
    expect(testOf({})).toMatchObject({ isRunning: true, tookMs: 4_000, group: "unknown", text: "under way" });
    expect(testOf({ state: "lost" })).toMatchObject({ isRunning: false, tookMs: null, group: "unknown" });
  });

  it.each([
    [{ outcome: "accepted", receipt: "1749.0001" }, "healthy", "taken by the receiver (1749.0001)"],
    [{ outcome: "accepted" }, "healthy", "taken by the receiver"],
    [
      { outcome: "deferred", reason: "timeout", message: "No answer" },
      "degraded",
      "not taken now (timeout: No answer)",
    ],
    [{ outcome: "refused", reason: "credentials" }, "down", "refused (credentials)"],
  ] as const)("that ended so: %j", (more, group, text) => {
    expect(testOf({ state: "ended", ended_at: ago(3), ...more })).toMatchObject({ tookMs: 1_000, group, text });
  });
});

describe("a drill", () => {
  const receiver = (
    state: Drill["channels"][number]["state"],
    endedS: number | null,
    failure: string | null = null,
  ) => {
    return { name: `c-${state}`, state, ended_at: endedS === null ? null : ago(endedS), failure };
  };
  const drill = (startedS: number, state: Drill["state"], ...channels: Drill["channels"]) =>
    drillModel({ drill: { started_at: ago(startedS), state, channels } }, NOW_MS);

  it("counts who has answered, and for how long it has been going on", () => {
    const running = drill(12, "running", receiver("sent", 11), receiver("pending", null));
    expect(running).toMatchObject({ isRunning: true, answered: 1, lastedMs: 12_000, group: "unknown" });
    // One will never take it, and another one still may.
    expect(drill(12, "failed", receiver("failed", 5, "refused"), receiver("pending", null))).toMatchObject({
      isRunning: true,
      group: "down",
      channels: [{ text: "not taken: refused" }, { text: "waits" }],
    });
    expect(drill(60, "passed", receiver("sent", 57))).toMatchObject({ isRunning: false, lastedMs: 3_000 });
    expect(drillModel({ drill: null }, NOW_MS)).toBeNull();
  });

  it("has the page loaded again while somebody may be watching", () => {
    const pending = receiver("pending", null);
    expect(isUnderWay([], drill(30, "running", pending), NOW_MS)).toBe(true);
    expect(isUnderWay([], drill(3_600, "running", pending), NOW_MS)).toBe(false);
    expect(isUnderWay([], drill(30, "passed", receiver("sent", 29)), NOW_MS)).toBe(false);
    const rows = channelRows({ channels: [channel(), channel({ last_test: test() })] }, NOW_MS);
    expect(isUnderWay(rows, null, NOW_MS)).toBe(true);
  });
});
