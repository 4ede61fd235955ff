import { describe, expect, it } from "vitest";
import { AppError } from "../../../functions/http/problem.ts";
import { createMaintenanceEndpoint } from "../../../functions/endpoints/maintenance.ts";
import { createSilenceEndpoint } from "../../../functions/endpoints/silences.ts";
import { readBody } from "../../../functions/http/input.ts";

/** The fields with faults; the form of what is asked is judged before any handler runs. */
async function fieldsOf(
  { body }: typeof createSilenceEndpoint | typeof createMaintenanceEndpoint,
  value: object,
): Promise<string[]> {
  if (!body) throw new Error("it takes no body");
  try {
    const headers = { "content-type": "application/json" };
    await readBody(new Request("http://x", { method: "POST", headers, body: JSON.stringify(value) }), body);
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.faults.map(({ field }) => field);
  }
}

describe("the body of a silence", () => {
  const silence = (given: object) =>
    fieldsOf(createSilenceEndpoint, { services: ["*"], ends_at: "2026-11-23T10:30:00Z", comment: "x", ...given });

  it("may hold all that is allowed, up to every limit", async () => {
    expect(await silence({})).toEqual([]);
    expect(await silence({ services: Array.from({ length: 50 }, () => "aZ09_-*".padEnd(64, "x")) })).toEqual([]);
    expect(await silence({ comment: "ü".repeat(500), severities: ["critical", "warning", "info"] })).toEqual([]);
  });

  it("names each glob that it refuses by its place", async () => {
    expect(await silence({ services: ["ok", "", "a b", "x".repeat(65), "ä", "*"] })).toEqual(
      [1, 2, 3, 4].map((place) => `services[${place}]`),
    );
    expect(await silence({ services: Array.from({ length: 51 }, () => "a") })).toEqual(["services"]);
  });

  it.each([
    "",
    "  ",
    "two\nlines",
    "bell\u0007",
    "nul\u0000",
    "\u202egnp",
    "tag\u{e0041}",
    "zero\u200bwidth",
    "x".repeat(501),
  ])("refuses the comment %j", async (comment) => {
    expect(await silence({ comment })).toEqual(["comment"]);
  });

  it.each([undefined, [], null, "*", {}])("demands services, and refuses %j", async (services) => {
    expect(await silence({ services })).toEqual(["services"]);
  });

  it("names all faults at once", async () => {
    expect(await silence({ ends_at: "soon", services: ["!"], comment: "" })).toEqual([
      "services[0]",
      "ends_at",
      "comment",
    ]);
    expect(await silence({ severities: ["critical", "warning", "info", "info"] })).toEqual(["severities"]);
  });
});

describe("the body of a maintenance window", () => {
  const WEEKLY = { kind: "weekly", zone: "Europe/Berlin", days: ["mon"], start: "02:30", duration: 3_600 };
  const weekly = (given: object) =>
    fieldsOf(createMaintenanceEndpoint, { services: ["*"], schedule: { ...WEEKLY, ...given }, comment: "x" });

  it("may hold all that is allowed, up to every limit", async () => {
    expect(await weekly({})).toEqual([]);
    expect(await weekly({ start: "00:00", duration: 60 })).toEqual([]);
    expect(await weekly({ start: "23:59", duration: 604_800 })).toEqual([]);
  });

  it.each<[field: string, given: object]>([
    ["zone", { zone: "+02:00" }],
    ["days", { days: [] }],
    ["days[1]", { days: ["mon", "tuesday"] }],
    ["start", { start: "24:00" }],
    ["start", { start: "2:30" }],
    ["start", { start: "02:60" }],
    ["start", { start: "02:30\n" }],
    ["duration", { duration: 59.9 }],
    ["duration", { duration: 604_801 }],
    ["duration", { duration: null }],
    ["until", { until: "2026-11-23" }],
    ["forever", { forever: true }],
  ])("names %s of a weekly schedule for %j", async (field, given) => {
    expect(await weekly(given)).toEqual([`schedule.${field}`]);
  });
});
