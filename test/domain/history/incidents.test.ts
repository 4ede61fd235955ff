/** What is one incident, and what it is said to come from. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findIncidents } from "../../../shared/domain/history/incidents.ts";
import type { CheckStatus } from "../../../shared/domain/monitoring/check.ts";
import type { Transition } from "../../../shared/domain/monitoring/transition.ts";

const T0_MS = Date.UTC(2026, 10, 25);

interface Given {
  readonly id: string;
  readonly dependsOn: readonly string[];
  readonly machine: string | null;
}

const given = (id: string, more: Partial<Given> = {}): Given => ({ id, dependsOn: [], machine: null, ...more });
const known = (...services: readonly Given[]) => new Map(services.map((each) => [each.id, each]));

interface Change extends Partial<Pick<Transition, "from" | "to">> {
  readonly atS: number;
}

function failed(serviceId: string, { atS, from = "healthy", to = "timeout" }: Change): Transition {
  return { serviceId, atMs: T0_MS + atS * 1_000, from, to, reason: null, message: null };
}

const CLUSTER = known(
  given("gateway", { machine: "10.0.0.1" }),
  given("llm", { machine: "10.0.0.2", dependsOn: ["gateway"] }),
  given("tools", { machine: "10.0.0.2" }),
  given("agents", { dependsOn: ["llm"] }),
  given("other", { machine: "10.0.0.9" }),
);

describe("what fails together", () => {
  it("behind one service is its incident, with how far that reaches", () => {
    const [incident, ...more] = findIncidents(
      [failed("agents", { atS: 9 }), failed("gateway", { atS: 0 }), failed("llm", { atS: 4 })],
      CLUSTER,
    );
    expect(more).toEqual([]);
    expect(incident).toMatchObject({
      sinceMs: T0_MS,
      services: ["gateway", "llm", "agents"],
      cause: { kind: "dependency", name: "gateway" },
      reach: 3,
    });
  });

  it("on one machine is an incident of that machine", () => {
    const [incident] = findIncidents([failed("llm", { atS: 0 }), failed("tools", { atS: 10 })], CLUSTER);
    expect(incident).toMatchObject({
      services: ["llm", "tools"],
      cause: { kind: "machine", name: "10.0.0.2" },
      reach: 2,
    });
  });

  it("needs a service that has not failed itself, which is said as well", () => {
    const [incident] = findIncidents([failed("llm", { atS: 0 }), failed("agents", { atS: 1 })], CLUSTER);
    // One of them needs the other.
    expect(incident).toMatchObject({ cause: { kind: "dependency", name: "llm" }, reach: 2 });
    const siblings = known(given("a"), given("b", { dependsOn: ["a"] }), given("c", { dependsOn: ["a"] }));
    const [behind] = findIncidents([failed("b", { atS: 0 }), failed("c", { atS: 1 })], siblings);
    expect(behind).toMatchObject({ services: ["b", "c"], cause: { kind: "dependency", name: "a" }, reach: 3 });
  });

  it.each([
    ["later than ten seconds", [failed("llm", { atS: 0 }), failed("tools", { atS: 10.001 })]],
    ["of nothing in common", [failed("llm", { atS: 0 }), failed("other", { atS: 0 })]],
    ["of services that are gone", [failed("gone", { atS: 0 }), failed("lost", { atS: 0 })]],
  ])("%s is two incidents", (_why, failures) => {
    const incidents = findIncidents(failures, CLUSTER);
    expect(incidents.map(({ cause, reach }) => [cause, reach])).toEqual([
      [null, 1],
      [null, 1],
    ]);
  });

  it("is what begins to be down: no other failure of what is down, and no recovery", () => {
    const counted = (from: CheckStatus, to: CheckStatus) =>
      findIncidents([failed("llm", { atS: 0, from, to })], CLUSTER).length;
    expect([counted("healthy", "error"), counted("unknown", "error")]).toEqual([1, 1]);
    expect([counted("error", "timeout"), counted("error", "healthy")]).toEqual([0, 0]);
    expect([counted("healthy", "degraded"), counted("healthy", "unknown")]).toEqual([0, 0]);
    const again = [
      failed("llm", { atS: 0 }),
      failed("llm", { atS: 1, from: "timeout", to: "error" }),
      failed("llm", { atS: 5 }),
    ];
    expect(findIncidents(again, CLUSTER)).toMatchObject([{ services: ["llm"], cause: null, failures: [{}, {}] }]);
  });

  /** Services that need only earlier ones. */
  const clusters = fc
    .array(fc.record({ needs: fc.array(fc.nat(9), { maxLength: 2 }), machine: fc.option(fc.constantFrom("m", "n")) }), {
      minLength: 1,
      maxLength: 10,
    })
    .map((all) =>
      known(
        ...all.map(({ needs, machine }, index) =>
          given(`s${index}`, { machine, dependsOn: needs.filter((each) => each < index).map((each) => `s${each}`) }),
        ),
      ),
    );
  const changes = fc.array(
    fc.record({
      id: fc.nat(9),
      atS: fc.integer({ min: 0, max: 60 }),
      to: fc.constantFrom("timeout", "healthy", "error"),
    }),
  );

  it("puts each failure into one incident, within ten seconds, with its cause in common", () => {
    const property = fc.property(clusters, changes, (services, drawn) => {
      const transitions = drawn.map(({ id, atS, to }) => failed(`s${id}`, { atS, to }));
      const incidents = findIncidents(transitions, services);
      const told = incidents.flatMap(({ failures }) => failures);
      expect(new Set(told)).toEqual(new Set(transitions.filter(({ to }) => to !== "healthy")));
      expect(told.length).toBe(new Set(told).size);
      for (const { sinceMs, failures, services: ids, cause, reach } of incidents) {
        for (const { atMs } of failures) expect(atMs - sinceMs).toBeLessThanOrEqual(10_000);
        expect(reach).toBeGreaterThanOrEqual(ids.length === 1 ? 1 : ids.filter((id) => services.has(id)).length);
        expect(cause === null).toBe(ids.length === 1);
        if (cause?.kind === "machine") for (const id of ids) expect(services.get(id)?.machine).toBe(cause.name);
        if (cause?.kind === "dependency") for (const id of ids) expect(needsOf(id, services)).toContain(cause.name);
      }
    });
    fc.assert(property);
  });

  it("is the same in whatever order it is given", () => {
    const property = fc.property(clusters, changes, (services, drawn) => {
      const transitions = drawn.map(({ id, atS, to }) => failed(`s${id}`, { atS, to }));
      const told = (list: readonly Transition[]) =>
        findIncidents(list, services).map((each) => [each.sinceMs, each.services]);
      expect(told(transitions.toReversed())).toEqual(told(transitions));
    });
    fc.assert(property);
  });
});

/** Itself and all that it needs, written down apart from the code under test. */
function needsOf(id: string, services: ReadonlyMap<string, Given>): string[] {
  return [id, ...(services.get(id)?.dependsOn ?? []).flatMap((parent) => needsOf(parent, services))];
}
