/** Dependencies between services, on arbitrary graphs: exactly the wrong edges are reported. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDependencies } from "../../../shared/config/services/dependency-graph.ts";

type Graph = Readonly<Record<string, readonly string[]>>;

function reportsOf(graph: Graph): string[] {
  const reports: string[] = [];
  checkDependencies(new Map(Object.entries(graph)), ({ serviceId, index }, expected) => {
    reports.push(`${serviceId}[${index}] ${expected}`);
  });
  return reports;
}

/** By definition: a graph without cycles can be emptied by removing services that need nobody who is left. */
function hasCycle(graph: Graph): boolean {
  const left = new Set(Object.keys(graph));
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const id of left) if (!graph[id]?.some((parent) => left.has(parent) && parent !== id)) left.delete(id);
  }
  return left.size > 0;
}

describe("checkDependencies", () => {
  it("accepts shared parents", () => {
    expect(reportsOf({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] })).toEqual([]);
  });

  it("reports unknown services with the nearest known one, and a service that needs itself", () => {
    expect(reportsOf({ redis: ["redis", "rediss", "elsewhere"] })).toEqual([
      "redis[0] another service than itself",
      'redis[1] the id of a service, such as "redis"',
      "redis[2] the id of a service",
    ]);
  });

  it("reports each edge that closes a cycle, and only those", () => {
    expect(reportsOf({ a: ["b"], b: ["a", "c"], c: ["b"], d: ["a"] })).toEqual([
      "b[0] no cycle (a → b → a)",
      "c[0] no cycle (b → c → b)",
    ]);
  });

  it("follows a chain of as many services as there may be and shortens the cycle at its end", () => {
    const chain = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`s${index}`, [`s${(index + 1) % 1_000}`]]),
    );
    expect(reportsOf(chain)).toEqual(["s999[0] no cycle (s0 → s1 → s2 → s3 → s4 → s5 → s6 → s7 → … → s0)"]);
  });

  it("reports a cycle exactly when there is one; without the reported edges there is none", () => {
    const ids = ["a", "b", "c", "d", "e", "f"];
    const edges = fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 3 });
    fc.assert(
      fc.property(fc.tuple(...ids.map(() => edges)), (lists) => {
        const graph = Object.fromEntries(ids.map((id, index) => [id, lists[index] ?? []]));
        const closing = reportsOf(graph)
          .filter((report) => report.includes("no cycle"))
          .map((report) => report.split(" ")[0]);
        const rest = Object.fromEntries(
          ids.map((id) => [id, (graph[id] ?? []).filter((_, index) => !closing.includes(`${id}[${index}]`))]),
        );
        expect(closing.length > 0).toBe(hasCycle(graph));
        expect(hasCycle(rest)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});
