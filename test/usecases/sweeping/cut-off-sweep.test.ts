/** A monitor that is cut off, from the first check in vain to what the past says of it: nobody else was down. */
import { describe, expect, it } from "vitest";
import { findUptime } from "../../../shared/domain/history/uptime.ts";
import { listOutages } from "../../../shared/domain/history/outages.ts";
import { statusSpans } from "../../../shared/domain/history/status-spans.ts";
import type { Observation } from "../../../shared/domain/monitoring/check.ts";
import { readOutageTransitions } from "../../../shared/storage/transition-log.ts";
import { MINUTE, T0 } from "../../support/checks.ts";
import { fakeService, HEALTHY, HTTP_503 } from "../../support/fake-service.ts";
import { useSweepBench, type SweepBench } from "../../support/probe-loop-bench.ts";

const startBench = useSweepBench();

const OUT_OF_REACH: Observation = {
  status: "timeout",
  reason: "deadline_connect",
  message: "No connection within 5 s",
  responseTimeMs: 5_000,
  statusCode: null,
  details: {},
};

function clusterOf() {
  const every = { intervalMs: 30_000 };
  const router = fakeService("router", every);
  const far = fakeService("far", every);
  const broken = fakeService("broken", every);
  const near = fakeService("near", every);
  return { router, far, broken, near, all: [far, broken, near, router] };
}

async function pastOf({ database, clock }: SweepBench, id: string) {
  const range = { sinceMs: T0, untilMs: clock.nowMs(), evidenceEndsAtMs: Infinity };
  const reading = { db: database.db, tell: () => {} };
  const transitions = (await readOutageTransitions(reading, { ...range, serviceIds: [id] })).get(id) ?? [];
  const { days } = findUptime(statusSpans(transitions, range), [range]);
  return { downS: days[0]?.down, unknownS: days[0]?.unknown, outages: listOutages(transitions, range).length };
}

const shownBy = ({ commits }: SweepBench) => JSON.parse(commits.at(-1)?.body ?? "{}");

describe("a monitor that is cut off", () => {
  it("knows nothing of what it cannot reach, now and afterwards; what answers is what it is", async () => {
    const { router, far, broken, all } = clusterOf();
    const bench = await startBench(all, { connectivityTargets: ["router"] });
    await bench.clock.advance(5 * MINUTE);
    broken.response = HTTP_503;
    for (const each of [router, far]) each.response = OUT_OF_REACH;
    await bench.clock.advance(20 * MINUTE);
    const isolated = { status: "unknown", reason: "isolated", response_time: null };
    const error = "The monitor itself is cut off from the network: No connection within 5 s";
    expect(shownBy(bench)).toMatchObject({
      services: {
        far: { health: { ...isolated, error } },
        router: { health: isolated },
        broken: { health: { status: "unhealthy" } },
        near: { health: { status: "healthy" } },
      },
    });
    const subjects = bench.commits.at(-1)?.alerting.subjects;
    expect(subjects?.get("#isolated")?.alert?.state).toBe("firing");
    // Alerting goes by what was found.
    expect(subjects?.get("far")?.alert).toMatchObject({
      state: "firing",
      status: "timeout",
      reason: "deadline_connect",
    });
    for (const each of [router, far]) each.response = HEALTHY;
    await bench.clock.advance(10 * MINUTE);
    expect(shownBy(bench)).toMatchObject({ services: { far: { health: { status: "healthy" } } } });
    for (const id of ["far", "router"]) {
      const { downS, unknownS, outages } = await pastOf(bench, id);
      expect([id, downS, outages]).toEqual([id, 0, 0]);
      expect(unknownS).toBeGreaterThan(19 * 60);
    }
    expect(await pastOf(bench, "broken")).toMatchObject({ unknownS: 0, outages: 1 });
    expect(await pastOf(bench, "near")).toEqual({ downS: 0, unknownS: 0, outages: 0 });
  });

  it("sees that what was down before is down still, once it is there again", async () => {
    const { router, far, all } = clusterOf();
    const bench = await startBench(all, { connectivityTargets: ["router"] });
    far.response = OUT_OF_REACH;
    await bench.clock.advance(20 * MINUTE);
    router.response = OUT_OF_REACH;
    await bench.clock.advance(10 * MINUTE);
    expect(shownBy(bench)).toMatchObject({ services: { far: { health: { reason: "isolated" } } } });
    router.response = HEALTHY;
    await bench.clock.advance(10 * MINUTE);
    expect(shownBy(bench)).toMatchObject({ services: { far: { health: { status: "timeout" } } } });
    const { downS = 0, unknownS = 0, outages } = await pastOf(bench, "far");
    expect(outages).toBe(1);
    expect(unknownS).toBeGreaterThan(9 * 60);
    expect(downS).toBeGreaterThan(28 * 60);
  });

  it("keeps an outage that was proven while the network was there for a moment between two times that it was cut off", async () => {
    const { router, far, near, all } = clusterOf();
    const bench = await startBench(all, { connectivityTargets: ["router"] });
    await bench.clock.advance(5 * MINUTE);
    for (const each of [router, far, near]) each.response = OUT_OF_REACH;
    await bench.clock.advance(10 * MINUTE);
    for (const each of [router, near]) each.response = HEALTHY;
    await bench.clock.advance(MINUTE);
    expect(shownBy(bench)).toMatchObject({ services: { far: { health: { status: "timeout" } } } });
    for (const each of [router, near]) each.response = OUT_OF_REACH;
    await bench.clock.advance(5 * MINUTE);
    expect(shownBy(bench)).toMatchObject({ services: { far: { health: { reason: "isolated" } } } });
    for (const each of [router, far, near]) each.response = HEALTHY;
    await bench.clock.advance(5 * MINUTE);
    const past = await pastOf(bench, "far");
    expect(past.outages).toBe(1);
    expect(past.downS).toBeGreaterThan(0);
    expect(await pastOf(bench, "near")).toMatchObject({ downS: 0, outages: 0 });
  });

  it("takes what was asked in vain before it was there again for no evidence, and for one what was asked since", async () => {
    const { router, far, all } = clusterOf();
    const bench = await startBench(all, { connectivityTargets: ["router"] });
    await bench.clock.advance(5 * MINUTE);
    for (const each of [router, far]) each.response = OUT_OF_REACH;
    await bench.clock.advance(10 * MINUTE);
    router.response = HEALTHY;
    far.response = { ...OUT_OF_REACH, responseTimeMs: 10 * MINUTE };
    await bench.clock.advance(5 * MINUTE);
    expect(bench.commits.at(-1)?.alerting.subjects.get("#isolated")?.alert ?? null).toBeNull();
    expect(shownBy(bench)).toMatchObject({ services: { far: { health: { status: "unknown", reason: "isolated" } } } });
    expect(await pastOf(bench, "far")).toMatchObject({ downS: 0, outages: 0 });
    far.response = OUT_OF_REACH;
    await bench.clock.advance(5 * MINUTE);
    expect(shownBy(bench)).toMatchObject({ services: { far: { health: { status: "timeout" } } } });
    expect(await pastOf(bench, "far")).toMatchObject({ outages: 1 });
  });

  it("stores what it found then as unknown also where it could be stored only later", async () => {
    const { router, far, all } = clusterOf();
    let isFailing = false;
    const bench = await startBench(all, {
      connectivityTargets: ["router"],
      wrap: (store) => ({
        ...store,
        commitSweep: async (commit) => {
          if (isFailing) throw new Error("SQLITE_FULL");
          return store.commitSweep(commit);
        },
      }),
    });
    await bench.clock.advance(2 * MINUTE);
    isFailing = true;
    for (const each of [router, far]) each.response = OUT_OF_REACH;
    await bench.clock.advance(10 * MINUTE);
    for (const each of [router, far]) each.response = HEALTHY;
    await bench.clock.advance(5 * MINUTE);
    isFailing = false;
    await bench.clock.advance(5 * MINUTE);
    expect(await pastOf(bench, "far")).toMatchObject({ downS: 0, outages: 0 });
  });
});
