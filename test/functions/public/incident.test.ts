/** What strangers are told of outages and of what people have noted. */
import { describe, expect, it } from "vitest";
import { tellIncidents, type Note, type SeenOutage } from "../../../functions/public/incident.ts";
import { PUBLIC_SENTENCES } from "../../../functions/public/reason-sentences.ts";
import { HOUR, MINUTE, T0 } from "../../support/checks.ts";

const NAMES = new Map([
  ["a", "Service A"],
  ["c", "Service C"],
]);

const outage = (more: Partial<SeenOutage> = {}): SeenOutage => ({
  serviceId: "a",
  status: "timeout",
  reason: "deadline_response",
  sinceMs: T0,
  recoveredAtMs: T0 + 10 * MINUTE,
  seenMs: 10 * MINUTE,
  ...more,
});
const note = (text: string, minutes: number, serviceId: string | null = "a"): Note => {
  return { text, atMs: T0 + minutes * MINUTE, serviceId };
};

describe("incidents", () => {
  it("have the sentence of their reason, and no other word of what happened", () => {
    const seen = { ...outage(), message: "http://10.0.0.1 said so" };
    const { incidents } = tellIncidents([seen], [], NAMES);
    expect(incidents).toMatchObject([{ serviceName: "Service A", sentence: PUBLIC_SENTENCES.deadline_response }]);
    expect(JSON.stringify(incidents)).not.toContain("10.0.0.1");
  });

  it("are those of services that are shown, as are the notes", () => {
    const told = tellIncidents([outage({ serviceId: "b" })], [note("of b", 1, "b"), note("of all", 2, null)], NAMES);
    expect(told.incidents).toEqual([]);
    expect(told.notices).toEqual([{ atMs: T0 + 2 * MINUTE, text: "of all", serviceName: null }]);
  });

  it("keep their ids when they are over, and differ from all others", () => {
    const ids = [
      outage(),
      outage({ recoveredAtMs: null }),
      outage({ sinceMs: T0 + 1 }),
      outage({ serviceId: "c" }),
    ].map((each) => tellIncidents([each], [], NAMES).incidents[0]?.id);
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(3);
  });

  it("have what was noted about their service from their beginning to a day after their end, oldest first", () => {
    const notes = [
      note("late", 11 + 24 * 60),
      note("after", 60),
      note("during", 5),
      note("of c", 5, "c"),
      note("before", -1),
    ];
    const { incidents, notices } = tellIncidents([outage()], notes, NAMES);
    expect(incidents[0]?.updates.map(({ text }) => text)).toEqual(["during", "after"]);
    expect(notices.map(({ text, serviceName }) => [text, serviceName])).toEqual([
      ["late", "Service A"],
      ["of c", "Service C"],
      ["before", "Service A"],
    ]);
  });

  it("share no note: it is of the latest one that had begun", () => {
    const earlier = outage();
    const later = outage({ sinceMs: T0 + HOUR, recoveredAtMs: null });
    const { incidents } = tellIncidents([later, earlier], [note("again", 61)], NAMES);
    expect(incidents.map(({ updates }) => updates.length)).toEqual([1, 0]);
  });
});
