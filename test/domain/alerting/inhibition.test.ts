import { describe, expect, it } from "vitest";
import { AT_REST, type SubjectMemory } from "../../../shared/domain/alerting/alert-life.ts";
import {
  findInhibition,
  readNetwork,
  type InhibitionSituation,
  type NetworkSituation,
  type Subjects,
} from "../../../shared/domain/alerting/inhibition.ts";
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import { openAlert } from "../../support/alerts.ts";
import { service } from "../../support/alerting-bench.ts";
import { check, failing as failed, HOUR, MINUTE, T0 } from "../../support/checks.ts";
import { planned } from "../../support/fake-maintenance.ts";

function memory(alert: Parameters<typeof openAlert>[0] = {}, more: Partial<SubjectMemory> = {}): SubjectMemory {
  return { ...AT_REST, failures: 3, alert: openAlert(alert), ...more };
}

function subjects(...ids: readonly string[]): Map<string, SubjectMemory> {
  return new Map(ids.map((id) => [id, memory()]));
}

function servicesOf(graph: Readonly<Record<string, readonly string[]>>) {
  return new Map(Object.entries(graph).map(([id, dependsOn]) => [id, service({ id, dependsOn })]));
}

/** What stands behind an alert of `id`, when nothing but what it depends on may. */
function causeOf(
  id: string,
  services: InhibitionSituation["services"],
  failing: InhibitionSituation["subjects"],
): string | null {
  const nothingElse = {
    windows: [],
    connectivityTargets: [],
    lastChecks: new Map<string, Check>(),
    nowMs: T0,
    network: "there" as const,
    starts: new Map(),
  };
  return findInhibition(id, openAlert(), { services, subjects: failing, ...nothingElse })?.by ?? null;
}

function isDown(parent: SubjectMemory | null): boolean {
  const failing = new Map(parent === null ? [] : [["parent", parent]]);
  return causeOf("child", servicesOf({ child: ["parent"], parent: [] }), failing) === "parent";
}

describe("down", () => {
  it("is what fails, and what has not yet proved that it works again", () => {
    expect(isDown(memory())).toBe(true);
    expect(isDown(memory({}, { failures: 0, successes: 1 }))).toBe(true);
    expect(isDown(memory({ state: "pending" }))).toBe(true);
    expect(isDown(memory({ state: "pending" }, { failures: 0 }))).toBe(false);
    expect(isDown(null)).toBe(false);
  });

  it("is not what is slow", () => {
    expect(isDown(memory({ status: "degraded", reason: "slow" }))).toBe(false);
  });
});

describe("the cause", () => {
  const services = servicesOf({ web: ["api"], api: ["db", "cache"], db: ["disk"], cache: [], disk: [] });

  it("is what fails farthest up", () => {
    expect(causeOf("web", services, subjects("api", "db"))).toBe("db");
    expect(causeOf("web", services, subjects("disk"))).toBe("disk");
    expect(causeOf("web", services, subjects("web"))).toBeNull();
    expect(causeOf("disk", services, subjects("db"))).toBeNull();
  });

  it("is found where services depend on each other in a circle", () => {
    const circle = servicesOf({ a: ["b"], b: ["a"] });
    expect(causeOf("a", circle, subjects("a", "b"))).toBe("b");
  });
});

describe("the monitor is cut off", () => {
  const all = servicesOf({ a: [], b: [], c: [], d: [], r1: [], r2: [] });
  const quiet = { windows: [], nowMs: T0, lastChecks: new Map<string, Check>() };
  const networkOf = (connectivityTargets: readonly string[], failing: Subjects, more: Partial<NetworkSituation> = {}) =>
    readNetwork({ ...quiet, services: all, connectivityTargets, subjects: failing, ...more });

  it("when every connectivity target is out of reach", () => {
    expect(networkOf(["r1", "r2"], subjects("r1", "r2"))).toBe("cut off");
    expect(networkOf(["r1", "r2"], subjects("r1", "a"))).toBe("there");
    expect(networkOf([], subjects("a", "b", "c"))).toBe("there");
  });

  it("but not when they answer wrongly, or come and go", () => {
    const wrong = new Map([["r1", memory({ status: "unhealthy", reason: "http_status" })]]);
    expect(networkOf(["r1"], wrong)).toBe("there");
    const refused = new Map([["r1", memory({ status: "error", reason: "refused" })]]);
    expect(networkOf(["r1"], refused)).toBe("there");
    const flapping = (failures: number) => new Map([["r1", memory({ isFlapping: true }, { failures })]]);
    expect([0, 1].map((failures) => networkOf(["r1"], flapping(failures)))).toEqual(["there", "cut off"]);
  });

  it("only without names when half of them are gone, and more than one", () => {
    const unresolved = (...ids: readonly string[]) => new Map(ids.map((id) => [id, memory({ reason: "dns" })]));
    expect(networkOf([], unresolved("a", "b", "c"))).toBe("without names");
    expect(networkOf([], unresolved("a", "b"))).toBe("there");
    expect(networkOf([], unresolved("a"), { services: servicesOf({ a: [] }) })).toBe("there");
  });
});

describe("another machine", () => {
  const services = new Map(
    [service({ id: "gw" }), service({ id: "lan", machine: "10.0.0.5" }), service({ id: "near" })].map((each) => [
      each.id,
      each,
    ]),
  );
  const lostAtMs = T0 + MINUTE;
  const networkWith = (last: Check, nowMs = T0 + 2 * MINUTE) =>
    readNetwork({
      services,
      windows: [],
      nowMs,
      connectivityTargets: ["gw"],
      subjects: new Map([["gw", memory({ sinceMs: T0, unansweredSinceMs: lostAtMs })]]),
      lastChecks: new Map([failed("gw", lostAtMs), last].map((each) => [each.serviceId, each])),
    });
  const later = lostAtMs + 10_000;

  it.each<[string, Check]>([
    ["is well", check("lan", later)],
    ["refuses", failed("lan", later, { status: "error", reason: "refused" })],
    ["answers badly", failed("lan", later, { status: "unhealthy", reason: "http_status" })],
    ["is worked on", check("lan", later, { status: "maintenance" })],
  ])("that %s since the targets are gone shows that the network is there", (_what, last) => {
    expect(networkWith(last)).toBe("there");
  });

  it.each<[string, Check]>([
    ["answered before", check("lan", lostAtMs - 1)],
    ["was asked before", check("lan", lostAtMs + 5, { responseTimeMs: 10 })],
    ["runs here", check("near", later)],
    ["does not answer", failed("lan", later)],
    [
      "does not while it is worked on",
      check("lan", later, { status: "maintenance", details: { excused: "deadline_connect" } }),
    ],
    ["nobody has asked", failed("lan", later, { status: "unknown", reason: "shortage" })],
    ["is no service any more", check("gone", later)],
    ["is the target", check("gw", later)],
  ])("that %s shows nothing", (_what, last) => {
    expect(networkWith(last)).toBe("cut off");
  });

  it("has shown nothing when it has not been asked for long", () => {
    expect(networkWith(check("lan", later), later + 5 * MINUTE)).toBe("there");
    expect(networkWith(check("lan", later), later + 5 * MINUTE + 1)).toBe("cut off");
  });
});

describe("what inhibits an alert", () => {
  const services = servicesOf({ web: ["db"], db: [], lead: [] });
  const windows = [planned({ kind: "once", startsAtMs: T0, endsAtMs: T0 + HOUR }, ["web"])];
  const failing: InhibitionSituation = {
    services,
    windows,
    connectivityTargets: [],
    lastChecks: new Map<string, Check>(),
    nowMs: T0,
    subjects: subjects("web", "db", "lead"),
    network: "cut off",
    starts: new Map(),
  };
  const joined = openAlert({ inhibition: { kind: "joined", by: "lead", endedAtMs: null } });
  const kindIn = (situation: Partial<InhibitionSituation>) =>
    findInhibition("web", joined, { ...failing, ...situation })?.kind ?? null;

  it("is the first of these that is so", () => {
    expect(kindIn({})).toBe("maintenance");
    expect(kindIn({ windows: [] })).toBe("isolated");
    expect(kindIn({ windows: [], network: "without names" })).toBe("affected");
    expect(kindIn({ windows: [], network: "there" })).toBe("affected");
    expect(kindIn({ windows: [], network: "there", subjects: subjects("web", "lead") })).toBe("joined");
    expect(kindIn({ windows: [], network: "there", subjects: subjects("web") })).toBeNull();
  });
});
