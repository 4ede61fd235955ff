/** From sweeps as they are lived to the evidence of one service. */
import { describe, expect, it } from "vitest";
import { gatherEvidence } from "../../../shared/domain/explain/gather.ts";
import { findRootCause } from "../../../shared/domain/explain/root-cause.ts";
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import type { Transition } from "../../../shared/domain/monitoring/transition.ts";
import type { AlertCommand } from "../../../shared/domain/alerting/alert-commands.ts";
import type { Snapshot } from "../../../shared/ports/store.ts";
import { draftSweep } from "../../../shared/usecases/sweeping/draft-sweep.ts";
import { check, failing, HOUR, MINUTE, T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { fakeService } from "../../support/fake-service.ts";
import { testCluster } from "../../support/probe-loop-bench.ts";

const cluster = testCluster([
  fakeService("redis"),
  fakeService("agent", { dependsOn: ["redis"], slowAfterMs: 2_000, timeoutMs: 10_000 }),
  fakeService("web", { dependsOn: ["agent"], critical: false }),
  fakeService("nas", { machine: "nas.local", impact: "nothing is saved" }),
  fakeService("mail", { machine: "nas.local" }),
]);
const IDS = cluster.services.map(({ id }) => id);

/** A minute from one sweep to the next; in each all services are checked. */
function lived(sweeps: readonly ((id: string, atMs: number) => Check)[], commands: readonly AlertCommand[] = []) {
  const clock = new FakeClock(T0);
  const parts = {
    clock,
    startedAtMs: T0,
    hostStats: { current: () => ({ cpuPercent: null, memory: null, disk: null }) },
  };
  let previous: Snapshot | null = null;
  const transitions: Transition[] = [];
  for (const [index, found] of sweeps.entries()) {
    const checks = IDS.map((id) => found(id, clock.nowMs()));
    const draft = draftSweep(parts, { cluster, previous, checks, faults: [], commands: index === 0 ? commands : [] });
    previous = draft.snapshot;
    transitions.push(...draft.commit.transitions);
    clock.stepWall(MINUTE);
  }
  const snapshot = previous as unknown as Snapshot;
  return (id: string, afterMs = 0) => {
    const service = cluster.servicesById.get(id);
    if (!service) throw new Error(id);
    const own = transitions.filter(({ serviceId }) => serviceId === id);
    const known = {
      service,
      services: cluster.servicesById,
      policies: cluster.alerting.policies,
      messages: [],
      dueAtMs: null,
    };
    return gatherEvidence({ ...snapshot, ...known, transitions: own, nowMs: clock.nowMs() - MINUTE + afterMs });
  };
}

const allWell = (id: string, atMs: number): Check => check(id, atMs);
const down =
  (...ids: string[]) =>
  (id: string, atMs: number): Check =>
    ids.includes(id) ? failing(id, atMs) : check(id, atMs);
const piecesOf = (evidence: object): string[] =>
  Object.entries(evidence).flatMap(([name, piece]) => (piece === null ? [] : [name]));

describe("the evidence of a service", () => {
  it("that is well is its check, since when, and what needs it", () => {
    const evidence = lived([allWell, allWell])("redis");
    expect(piecesOf(evidence)).toEqual(["check", "since", "dependents"]);
    expect(evidence.since).toEqual({ status: "healthy", atMs: T0 });
    expect(evidence.dependents?.map(({ service }) => service)).toEqual(["agent", "web"]);
  });

  it("that is down has what people lack", () => {
    expect(lived([allWell, allWell])("nas").impact).toBeNull();
    expect(lived([allWell, down("nas")])("nas").impact).toEqual({ sentence: "nothing is saved" });
    expect(lived([allWell, down("redis")])("redis").impact).toBeNull();
  });

  it("that fails has how often, what is decided, and what the cluster would be", () => {
    const evidence = lived([allWell, down("redis"), down("redis")])("redis");
    expect(evidence).toMatchObject({
      since: { status: "timeout", atMs: T0 + MINUTE },
      deadline: { timeoutMs: 10_000, phase: null },
      failing: { failures: 2, needed: 3, hasFired: false },
      decision: { decision: "pending" },
      cluster: { overall: "degraded", otherwise: "healthy" },
      past: { outages: 1, downMs: MINUTE, medianMs: null },
      needs: null,
    });
    expect(findRootCause(evidence, cluster.servicesById)).toBeNull();
  });

  it("has of its past how often it was down, how long that was seen, and how long those took that were seen to end", () => {
    const nobody = (id: string, atMs: number): Check => check(id, atMs, { status: "unknown" });
    const fails = down("redis");
    const lost = [allWell, fails, fails, nobody, fails, nobody, allWell];
    expect(lived(lost)("redis").past).toEqual({ outages: 1, downMs: 3 * MINUTE, medianMs: null });
    const seen = [...lost, fails, fails, allWell];
    expect(lived(seen)("redis", MINUTE).past).toEqual({ outages: 2, downMs: 5 * MINUTE, medianMs: 2 * MINUTE });
    // Of the one that began before the seven days only what lies within counts.
    const past = { outages: 1, downMs: MINUTE, medianMs: 2 * MINUTE };
    expect(lived(seen)("redis", 7 * 24 * HOUR - MINUTE).past).toEqual(past);
  });

  it("that fails because of another has that one, the nearest first, and the first of all as its cause", () => {
    const fails = down("redis", "agent", "web");
    const evidence = lived([allWell, fails, fails, fails, fails])("web");
    expect(evidence.needs?.map(({ service }) => service)).toEqual(["agent", "redis"]);
    expect(evidence.inhibition).toMatchObject({ kind: "affected", isOver: false });
    expect(findRootCause(evidence, cluster.servicesById)).toEqual({ kind: "dependency", service: "redis" });
  });

  it("that fails is not because of what a healthy service in between needs; one that is slow stands for nothing", () => {
    const fails = down("redis", "web");
    const evidence = lived([allWell, fails, fails])("web");
    expect([evidence.needs, findRootCause(evidence, cluster.servicesById)]).toEqual([null, null]);
    const slowAgent = (id: string, atMs: number): Check =>
      id === "agent" ? check(id, atMs, { status: "degraded", reason: "slow" }) : fails(id, atMs);
    const between = lived([allWell, slowAgent, slowAgent])("web");
    expect(between.needs?.map(({ service }) => service)).toEqual(["redis"]);
    expect(findRootCause(between, cluster.servicesById)).toEqual({ kind: "dependency", service: "redis" });
  });

  it("whose machine is down has the others on it", () => {
    const evidence = lived([allWell, down("nas", "mail")])("nas");
    expect(evidence.machine).toEqual([{ service: "mail", name: "Service mail", status: "timeout" }]);
    expect(findRootCause(evidence, cluster.servicesById)).toEqual({ kind: "machine", service: null });
    expect(lived([allWell, down("nas")])("nas").machine).toBeNull();
  });

  it("that nobody has looked at for long is that, and nothing that the check said", () => {
    const evidence = lived([allWell])("redis", HOUR);
    expect(piecesOf(evidence)).toEqual(["check", "stale", "dependents"]);
    expect(evidence.stale).toEqual({ endedAtMs: T0 + 100_000 });
  });

  it("that is silenced or in maintenance has by whom, until when, and why", () => {
    const endsAtMs = T0 + HOUR;
    const shared = { id: "1", createdAtMs: T0, author: "kim", comment: "new disks" };
    const silence = { ...shared, matcher: { services: ["redis"], severities: [] }, startsAtMs: T0, endsAtMs };
    const fails = down("redis", "nas");
    const evidenceOf = lived([fails, fails, fails, fails], [
      { kind: "silence", silence },
      {
        kind: "addWindow",
        window: { ...shared, services: ["nas"], schedule: { kind: "once", startsAtMs: T0, endsAtMs } },
      },
    ] as AlertCommand[]);
    expect(evidenceOf("redis")).toMatchObject({ silence: { untilMs: endsAtMs, author: "kim", comment: "new disks" } });
    expect(evidenceOf("nas")).toMatchObject({ maintenance: { untilMs: endsAtMs, author: "kim" }, failing: null });
  });

  it("whose certificate ends has that, though it is well", () => {
    const ending = (id: string, atMs: number): Check =>
      check(id, atMs, { details: { certificateExpiresAtMs: T0 + 5 * 24 * HOUR + HOUR } });
    expect(lived([ending, ending, ending, ending])("redis").certificate).toMatchObject({
      message: expect.stringContaining("The certificate ends in 5 days"),
    });
    expect(lived([allWell])("redis").certificate).toBeNull();
  });

  it("that is slow has by how much", () => {
    const slow = (id: string, atMs: number): Check =>
      check(id, atMs, {
        status: "degraded",
        reason: "slow",
        message: "Answered in 3 s, slower than 2 s",
        responseTimeMs: 3_000,
      });
    expect(lived([slow])("agent").slow).toEqual({ responseTimeMs: 3_000, slowAfterMs: 2_000 });
  });
});
