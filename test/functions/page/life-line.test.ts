/** How the life of an alert reads. */
import { describe, expect, it } from "vitest";
import { lifeLine, type LifeStep, type OpenAlertJson } from "../../../functions/page/life-line.ts";

type EventJson = NonNullable<OpenAlertJson["timeline"]>[number];

const at = (minute: number): string => `2026-11-30T12:${String(minute).padStart(2, "0")}:00.000Z`;

function event(minute: number, kind: EventJson["event"], more: Partial<EventJson> = {}): EventJson {
  const nothing = { channel: null, type: null, failure: null, receipt: null, by: null, comment: null, until: null };
  return { ...nothing, at: at(minute), event: kind, ...more };
}

const message = { channel: "ops", type: "alert.reminder" } as const;

function stepsOf(timeline: readonly EventJson[], more: Partial<OpenAlertJson> = {}): LifeStep[] {
  // What else an alert has is in no line.
  const alert = {
    failures_in_row: 1,
    successes_in_row: 0,
    notification: "notified",
    decision_text: "",
    next_escalation_at: null,
    next_channels: [],
    timeline,
    ...more,
  } as unknown as OpenAlertJson;
  return lifeLine(alert);
}

function lineOf(...given: Parameters<typeof stepsOf>): string[] {
  return stepsOf(...given).map(({ text, outcome, times }) =>
    [text, outcome, times > 1 ? times : null].filter((part) => part !== null).join(" "),
  );
}

describe("the line of an alert", () => {
  it("says what failed, that it fired, who took a message and who did not", () => {
    const timeline = [
      event(0, "failed"),
      event(1, "fired"),
      event(2, "told", { channel: "ops", type: "alert.firing" }),
      event(3, "waiting", { channel: "mail", type: "alert.escalated" }),
      event(4, "untold", { channel: "sms", type: "alert.escalated", failure: "refused" }),
    ];
    expect(lineOf(timeline, { failures_in_row: 8 })).toEqual([
      "failed, 8 times in a row",
      "fired",
      "told ops taken",
      "escalated to mail waits",
      "escalated to sms (refused) refused",
    ]);
  });

  it("tells the same again and again as one, by its last time", () => {
    const timeline = [event(1, "told", message), event(5, "told", message), event(9, "told", message)];
    expect(lineOf(timeline)).toEqual(["reminded ops taken 3"]);
    expect(stepsOf(timeline)[0]?.atMs).toBe(Date.parse(at(9)));
  });

  it("has the receipt of the last message, clean and short", () => {
    const given = (receipt: string) => event(1, "told", { ...message, receipt });
    expect(stepsOf([given("a"), given(`\u202Eb${"c".repeat(70_000)}`)])[0]?.receipt).toMatch(/^bc{198}…$/);
  });

  it("says who looks after it, in words that show and turn nothing", () => {
    const comment = `\u202Eon it ${"x".repeat(70_000)}`;
    const [line] = lineOf([event(1, "acknowledged", { by: "anna", comment, until: at(30) })]);
    expect(line).toMatch(/^acknowledged by anna: “on it x+…”$/);
  });

  it("says that it recovers before it is over", () => {
    expect(lineOf([event(0, "failed")], { failures_in_row: 0, successes_in_row: 2 })).toEqual([
      "failed",
      "well at the last 2 checks; resolved once that lasts",
    ]);
  });

  it("ends with what comes next, or with what keeps it quiet", () => {
    const next = { next_escalation_at: at(40), next_channels: ["mail", "sms"] };
    expect(lineOf([event(0, "failed")], next)).toEqual(["failed", "next: mail, sms"]);
    const quiet = { notification: "silenced", decision_text: "A silence covers it." } as const;
    expect(lineOf([event(0, "failed")], quiet)).toEqual(["failed", "now quiet: A silence covers it."]);
  });
});
