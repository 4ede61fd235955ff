/** What the list of the past says, and in which order. */
import { describe, expect, it } from "vitest";
import { groupByDay } from "../../../functions/page/history-model.ts";
import { readRange } from "../../../functions/page/history-range.ts";
import type { Marks, Transitions } from "../../../functions/page/read-history.ts";

type Change = Transitions["transitions"][number];

const SERVICES = new Map(
  [
    { id: "gateway", name: "Gateway", dependsOn: [], machine: null },
    { id: "llm", name: "Language Model", dependsOn: ["gateway"], machine: "10.0.0.2" },
    { id: "tools", name: "Tools", dependsOn: [], machine: "10.0.0.2" },
    { id: "agents", name: "Agents", dependsOn: ["gateway"], machine: null },
  ].map((each) => [each.id, each]),
);

function change(at: string, service: string, more: Partial<Change> = {}): Change {
  return {
    at: `2026-11-${at}.000Z`,
    service,
    from: "healthy",
    to: "timeout",
    reason: null,
    message: null,
    lasted_s: 60,
    ...more,
  };
}

function mark(at: string, text: string, service: string | null = null): Marks["marks"][number] {
  return { id: "1", at: `2026-11-${at}.000Z`, service, text, author: "ci", public: false };
}

/** Each day as its lines. */
function listed(changes: readonly Change[], marks: Marks["marks"] = [], zone = "UTC"): Record<string, string[]> {
  const days = groupByDay({ transitions: changes, marks }, SERVICES, zone).map(
    ({ name, happenings }): [string, string[]] => [
      name,
      happenings.map((each) => {
        if (each.kind === "mark") return `mark ${each.text}`;
        if (each.kind === "change") return `${each.name} ${each.to}`;
        return `${each.title}: ${each.radius} ${each.changes.map(({ name: own }) => own).join()}`;
      }),
    ],
  );
  return Object.fromEntries(days);
}

describe("what happened", () => {
  it("is grouped by days of the zone, newest first, with marks at their time", () => {
    const changes = [
      change("30T00:10:00", "tools", { from: "timeout", to: "healthy" }),
      change("29T23:50:00", "tools"),
    ];
    expect(listed(changes, [mark("30T00:05:00", "deploy 7"), mark("28T10:00:00", "new disk")])).toEqual({
      "2026-11-30": ["Tools healthy", "mark deploy 7"],
      "2026-11-29": ["Tools timeout"],
      "2026-11-28": ["mark new disk"],
    });
    expect(listed(changes, [], "Asia/Tokyo")).toEqual({ "2026-11-30": ["Tools healthy", "Tools timeout"] });
    expect(listed(changes, [], "America/New_York")).toEqual({ "2026-11-29": ["Tools healthy", "Tools timeout"] });
  });

  it("tells what failed together once, with how far it reaches", () => {
    const changes = [
      change("30T10:05:00", "llm", { from: "timeout", to: "healthy" }),
      change("30T10:00:04", "agents"),
      change("30T10:00:01", "llm"),
      change("30T10:00:00", "gateway"),
      change("30T09:00:03", "tools"),
      change("30T09:00:03", "llm"),
      change("30T08:00:00", "tools"),
    ];
    expect(listed(changes)["2026-11-30"]).toEqual([
      "Language Model healthy",
      "3 services failed within 4 s, behind Gateway: It and 2 of the 2 services that need it. Gateway,Language Model,Agents",
      "2 services failed at once, on 10.0.0.2: 2 of the 2 services of that machine. Language Model,Tools",
      "Tools timeout",
    ]);
    const behind = [change("30T10:00:04", "agents"), change("30T10:00:01", "llm")];
    expect(listed(behind)["2026-11-30"]).toEqual([
      "2 services failed within 3 s, behind Gateway: 2 of the 2 services that need it. Language Model,Agents",
    ]);
  });

  it("shows text of services and people clean and short, and leads to no service that is gone", () => {
    const hostile = `\u202E${"x".repeat(70_000)}`;
    const transitions = [change("30T10:00:00", "gone", { message: hostile })];
    const [day] = groupByDay({ transitions, marks: [mark("30T09:00:00", hostile)] }, SERVICES, "UTC");
    const [gone, note] = day?.happenings ?? [];
    expect(gone).toMatchObject({ kind: "change", name: "gone", serviceId: null, message: `${"x".repeat(199)}…` });
    expect(note).toMatchObject({ kind: "mark", text: `${"x".repeat(199)}…` });
  });
});

describe("a range of the view", () => {
  it.each([
    ["24h", "2026-11-29T12:00:00.000Z"],
    ["30d", "2026-10-31T12:00:00.000Z"],
    ["toString", "2026-11-29T12:00:00.000Z"],
    [null, "2026-11-29T12:00:00.000Z"],
  ])("%s begins at %s", (text, since) => {
    expect(readRange(text, Date.parse("2026-11-30T12:00:00Z"))).toMatchObject({ since });
  });
});
