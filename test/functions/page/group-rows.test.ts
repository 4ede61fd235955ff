import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupRows } from "../../../functions/page/group-rows.ts";
import type { ServiceRow } from "../../../functions/page/service-row.ts";
import { needsLook } from "../../../functions/page/status-words.ts";
import type { CheckStatus } from "../../../shared/domain/monitoring/check.ts";

const ROW = { critical: true, message: null, sinceMs: null, response: null, past: null };

function rowsOn(statuses: readonly CheckStatus[], groupOf: (index: number) => string | null): ServiceRow[] {
  return statuses.map((status, index) => {
    return { ...ROW, id: `s${index}`, name: `S${index}`, group: groupOf(index), status };
  });
}

const healthy = (count: number): CheckStatus[] => Array.from({ length: count }, () => "healthy");

describe("the rows of the services", () => {
  it("are one table while they are few", () => {
    const rows = rowsOn(healthy(29), (index) => `m${index % 3}`);
    expect(groupRows(rows, rows)).toEqual([{ key: "all", name: null, rows, total: 29, needLook: 0, found: 0 }]);
  });

  it("are one table while all are in one group", () => {
    const rows = rowsOn(healthy(99), () => null);
    expect(groupRows(rows, rows).map(({ name, total }) => [name, total])).toEqual([[null, 99]]);
  });

  it("are in groups when they are many, in the order of the configuration", () => {
    const configured = rowsOn(healthy(30), (index) => (index % 3 === 2 ? null : `m${index % 3}`));
    const groups = groupRows(configured.toReversed(), configured);
    expect(groups.map(({ key, name, total }) => [key, name, total])).toEqual([
      ["0", "m0", 10],
      ["1", "m1", 10],
      ["2", "others", 10],
    ]);
  });

  it("show what is looked for wherever it stands, 200 of them at most, beside what is shown anyway", () => {
    const configured = rowsOn(healthy(600), (index) => (index < 300 ? "North" : null));
    const shown = (filter: string) => groupRows(configured, configured, filter);
    const ids = (filter: string) => shown(filter).flatMap(({ rows }) => rows.map(({ id }) => id));
    expect(ids("")).toHaveLength(200);
    expect([ids("s59").slice(200), shown("s59").map(({ found }) => found)]).toEqual([
      ["s590", "s591", "s592", "s593", "s594", "s595", "s596", "s597", "s598", "s599"],
      [1, 10],
    ]);
    expect([ids("others").length, shown("OTHERS ● heal").map(({ found }) => found)]).toEqual([400, [0, 300]]);
    expect(ids("nothing")).toHaveLength(200);
  });

  it("show all that need a look and 200 in all, and count the others", () => {
    const status = fc.constantFrom<CheckStatus[]>("healthy", "maintenance", "timeout", "unknown", "degraded");
    const statuses = fc.array(status, { minLength: 1, maxLength: 500, size: "max" });
    fc.assert(
      fc.property(statuses, fc.integer({ min: 1, max: 9 }), (seen, racks) => {
        const configured = rowsOn(seen, (index) => `m${index % racks}`);
        const rows = configured.toSorted((left, right) => +needsLook(right.status) - +needsLook(left.status));
        const groups = groupRows(rows, configured);
        const shown = new Set(groups.flatMap((group) => group.rows));
        const needLook = rows.filter((row) => needsLook(row.status));
        expect(needLook.every((row) => shown.has(row))).toBe(true);
        expect(shown.size).toBe(Math.min(rows.length, Math.max(200, needLook.length)));
        expect(groups.reduce((sum, { total }) => sum + total, 0)).toBe(rows.length);
        expect(groups.reduce((sum, group) => sum + group.needLook, 0)).toBe(needLook.length);
      }),
    );
  });
});
