/** What is said of a day. */
import { describe, expect, it } from "vitest";
import { dayAfter, dayFacts, type DayQuestion } from "../../../../functions/page/client/day-facts.ts";

const ask = (more: Partial<DayQuestion>) =>
  dayFacts({
    day: "2026-11-25",
    watchedFrom: "2026-11-01",
    watchedUntil: "2026-11-25",
    figures: null,
    outages: [],
    zone: "Europe/Berlin",
    ...more,
  });

describe("a day", () => {
  it("is healthy where nothing else stands in the table, and never where nobody watched", () => {
    expect(ask({})).toEqual(["Healthy all day."]);
    expect(ask({ day: "2026-10-31" })).toEqual(["Nobody watched."]);
    expect(ask({ day: "2026-11-26" })).toEqual(["Nobody watched."]);
    expect(ask({ watchedFrom: "", watchedUntil: "" })).toEqual(["Nobody watched."]);
  });

  it("has the outages that touch it, by the days of its zone", () => {
    const outages = [
      { since: "2026-11-24T22:30:00.000Z", until: "2026-11-24T22:40:00.000Z", words: "before" },
      { since: "2026-11-24T23:30:00.000Z", until: "2026-11-24T23:40:00.000Z", words: "in it" },
      { since: "2026-11-20T00:00:00.000Z", until: null, words: "going on" },
    ];
    expect(ask({ figures: ["down 10 min"], outages })).toEqual(["down 10 min", "in it", "going on"]);
  });

  it("follows another as the calendar has it", () => {
    expect([dayAfter("2026-02-27", 2), dayAfter("2026-12-31", 1)]).toEqual(["2026-03-01", "2027-01-01"]);
  });
});
