/** What is told of the life of an alert, and in which order. */
import { describe, expect, it } from "vitest";
import {
  alertTimeline,
  type AlertAcknowledgement,
  type AlertMessage,
} from "../../../shared/domain/alerting/alert-timeline.ts";
import { remediationChannel } from "../../../shared/domain/alerting/remediation.ts";

const ALERT = { id: "a-1", sinceMs: 1_000, firedAtMs: 3_000, endedAtMs: null };

function message(change: Partial<AlertMessage> = {}): AlertMessage {
  const heading = {
    alertIds: ["a-1"],
    channel: "ops",
    type: "alert.firing",
    failure: null,
    receipt: "1749.1",
  } as const;
  return { ...heading, state: "sent", createdAtMs: 3_000, endedAtMs: 3_500, ...change };
}

function acknowledgement(change: Partial<AlertAcknowledgement> = {}): AlertAcknowledgement {
  return { alertId: "a-1", atMs: 5_000, by: "anna", comment: "on it", untilMs: 9_000, ...change };
}

describe("the timeline of an alert", () => {
  it("goes from the first failure to the end, whatever order things are stored in", () => {
    const messages = [message(), message({ alertIds: ["b-1"] })];
    const acknowledgements = [acknowledgement(), acknowledgement({ alertId: "b-1" })];
    const events = alertTimeline({ ...ALERT, endedAtMs: 8_000 }, { messages, acknowledgements });
    expect(events.map(({ atMs, event }) => [atMs, event])).toEqual([
      [1_000, "failed"],
      [3_000, "fired"],
      [3_500, "told"],
      [5_000, "acknowledged"],
      [8_000, "ended"],
    ]);
    expect(events[2]?.message).toEqual({ channel: "ops", type: "alert.firing", failure: null, receipt: "1749.1" });
    expect(events[3]?.acknowledgement).toEqual({ by: "anna", comment: "on it", untilMs: 9_000 });
  });

  it("tells what waits and what will never arrive from what has arrived, and names no recipient", () => {
    const messages = [
      message({ state: "pending", endedAtMs: null, channel: "sms/1x2y" }),
      message({ state: "failed", failure: "refused", endedAtMs: 4_000 }),
      message({ channel: remediationChannel("a") }),
    ];
    const events = alertTimeline(ALERT, { messages, acknowledgements: [] }).slice(2);
    expect(events.map(({ event, message: about }) => [event, about?.channel, about?.failure])).toEqual([
      ["waiting", "sms", null],
      ["untold", "ops", "refused"],
    ]);
  });

  it("has not fired while it is pending", () => {
    const events = alertTimeline({ ...ALERT, firedAtMs: null }, { messages: [], acknowledgements: [] });
    expect(events.map(({ event }) => event)).toEqual(["failed"]);
  });

  it("keeps how a long life began and what came last", () => {
    const messages = Array.from({ length: 500 }, (_, index) => message({ endedAtMs: 10_000 + index }));
    const events = alertTimeline(ALERT, { messages, acknowledgements: [] });
    expect(events).toHaveLength(50);
    expect(events.slice(0, 3).map(({ event }) => event)).toEqual(["failed", "fired", "told"]);
    expect(events.at(-1)?.atMs).toBe(10_499);
  });
});
