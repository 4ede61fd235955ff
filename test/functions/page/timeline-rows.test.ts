/** Where the rows of the timeline are drawn, and what is said of them. */
import { describe, expect, it } from "vitest";
import type { Timeline } from "../../../functions/page/read-history.ts";
import { axisLabels, markPath, timelineRows } from "../../../functions/page/timeline-rows.ts";

type Service = Timeline["services"][number];

const SINCE_S = Date.parse("2026-11-29T00:00:00Z") / 1_000;
const DAY_S = 86_400;
const NOTHING = { healthy: 0, degraded: 0, maintenance: 0, unknown: 0, down: 0 };

function service(
  runs: readonly (readonly [share: number, kind: Service["kind"][number]])[],
  more: Partial<Service> = {},
): Service {
  const t = runs.map(([share]) => SINCE_S + share * DAY_S);
  return { service: "a", name: "A", t, kind: runs.map(([, kind]) => kind), seconds: NOTHING, ...more };
}

function timelineOf(...services: readonly Service[]): Timeline {
  return { since: "2026-11-29T00:00:00.000Z", until: "2026-11-30T00:00:00.000Z", step_s: 180, services };
}

describe("a row of the timeline", () => {
  it("draws each kind from its beginning to the next, in a height of its own, and nothing where nobody watched", () => {
    const runs = [
      [0, null],
      [0.25, "healthy"],
      [0.5, "down"],
      [0.75, "maintenance"],
    ] as const;
    const { rows } = timelineRows(timelineOf(service(runs)));
    expect(rows[0]?.paths).toEqual([
      ["healthy", "M240 14h240v6h-240z"],
      ["down", "M480 0h240v20h-240z"],
      ["maintenance", "M720 11h240v9h-240z"],
    ]);
  });

  it("hatches what nobody knows, and shows an outage of a moment", () => {
    const runs = [
      [0, "unknown"],
      [0.0125, "healthy"],
      [0.5, "down"],
      [0.5001, "healthy"],
    ] as const;
    const paths = new Map(timelineRows(timelineOf(service(runs))).rows[0]?.paths);
    expect(paths.get("unknown")).toBe("M0 20l6 -16M6 20l6 -16");
    expect(paths.get("down")).toBe("M480 0h3v20h-3z");
  });

  it.each([
    [NOTHING, "A: nobody watched"],
    [{ ...NOTHING, healthy: 100 }, "A: healthy all the time"],
    [{ ...NOTHING, healthy: 100, down: 65, unknown: 3_600 }, "A: down 1 min 5 s, without data 1 h, else healthy"],
    [{ ...NOTHING, down: 65 }, "A: down 1 min 5 s"],
  ])("says in words what it shows: %o", (seconds, label) => {
    expect(timelineRows(timelineOf(service([], { seconds }))).rows[0]?.label).toBe(label);
  });

  it("is left out first where it was always well, and that is counted", () => {
    const many = Array.from({ length: 70 }, (_, index) =>
      service([[0, index === 69 ? "down" : "healthy"]], { service: `s${index}` }),
    );
    const { rows, hidden } = timelineRows(timelineOf(...many));
    expect([rows.length, hidden, rows[0]?.id]).toEqual([60, 10, "s69"]);
  });
});

describe("beside the rows", () => {
  it("marks stand where they were made", () => {
    const marks = [{ id: "1", at: "2026-11-29T12:00:00.000Z", service: null, text: "x", author: "ci", public: false }];
    expect(markPath(timelineOf(), { marks, next_cursor: null })).toBe("M480 0v20");
  });

  it("the axis names times, or days where it is long", () => {
    expect(axisLabels(timelineOf(), "UTC")).toEqual(["00:00", "06:00", "12:00", "18:00", "00:00"]);
    expect(axisLabels({ ...timelineOf(), since: "2026-10-31T00:00:00.000Z" }, "UTC")[0]).toBe("10-31");
    expect(axisLabels(timelineOf(), "Asia/Tokyo")[0]).toBe("09:00");
    expect(axisLabels({ ...timelineOf(), since: "2026-10-31T20:00:00.000Z" }, "Asia/Tokyo")[0]).toBe("11-01");
  });
});
