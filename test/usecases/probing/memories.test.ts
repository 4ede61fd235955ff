/**
 * What a probe leaves for later ones: through the probe loop and through rounds, over restarts, reloads, failures and other processes.
 */
import { describe, expect, it, onTestFinished } from "vitest";
import type { Check, Json } from "../../../shared/domain/monitoring/check.ts";
import type { ProbeContext } from "../../../shared/ports/prober.ts";
import type { Store } from "../../../shared/ports/store.ts";
import { MINUTE, T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { fakeService, HEALTHY, type FakeService } from "../../support/fake-service.ts";
import { testCluster, useSweepBench } from "../../support/probe-loop-bench.ts";
import { finish, minutely, roundsBench } from "../../support/probe-rounds-bench.ts";
import { sqliteTestDatabase } from "../../support/sqlite-database.ts";

const started = useSweepBench();

/** Counts its probes by what it is handed: the sum of all of them is what the last one has seen. */
function counting(service: FakeService): { seen: Json[]; previous: (Check | null)[] } {
  const seen: Json[] = [];
  const previous: (Check | null)[] = [];
  service.response = async (context) => {
    seen.push(context.memory);
    previous.push(context.previous);
    return { ...HEALTHY, memory: { probes: ((context.memory as { probes: number } | null)?.probes ?? 0) + 1 } };
  };
  return { seen, previous };
}

const probes = (count: number): Json => ({ probes: count });

describe("the memory of a probe", () => {
  it("is handed to the next one, with the last check, also after a restart and a reload", async () => {
    const database = sqliteTestDatabase();
    onTestFinished(() => database.close());
    const clock = new FakeClock(T0);
    const service = fakeService("a");
    const { seen, previous } = counting(service);
    const first = await started([service], { database, clock });
    await clock.advance(2.5 * MINUTE);
    expect(seen.slice(0, 3)).toEqual([null, probes(1), probes(2)]);
    expect(previous[0]).toBeNull();
    expect(previous[1]).toMatchObject({ serviceId: "a", status: "healthy" });
    await first.close();
    const second = await started([service], { database, clock });
    second.loop.replaceCluster(testCluster([service]));
    await clock.advance(2.5 * MINUTE);
    expect(seen).toEqual(seen.map((_, index) => (index === 0 ? null : probes(index))));
    second.loop.replaceCluster(testCluster([{ ...service, fingerprint: "other settings" }]));
    const count = seen.length;
    await clock.advance(MINUTE);
    expect(seen.slice(count, count + 2)).toEqual([null, probes(1)]);
  });

  it("reaches the next one although its check is not committed yet", async () => {
    const service = fakeService("a", { intervalMs: 200 });
    const { seen, previous } = counting(service);
    const { clock } = await started([service]);
    await clock.advance(5_000);
    expect(seen).toEqual(seen.map((_, index) => (index === 0 ? null : probes(index))));
    expect(new Set(previous).size).toBe(seen.length);
  });

  it("is handed on from round to round, each in an isolate of its own", async () => {
    const service = minutely("a");
    const { seen, previous } = counting(service);
    const { clock, another } = roundsBench([service]);
    for (let round = 0; round < 3; round += 1) await finish(clock, another().round(), MINUTE);
    expect(seen).toEqual([null, probes(1), probes(2)]);
    expect(previous.map((check) => check?.status)).toEqual([undefined, "healthy", "healthy"]);
  });

  it("stays while probes leave nothing, is forgotten when they leave null, and goes on while storage fails", async () => {
    let isBroken = false;
    const service = fakeService("a", { intervalMs: 5_000 });
    const { clock } = await started([service], {
      wrap: (store) => ({
        ...store,
        commitSweep: (commit) => (isBroken ? Promise.reject(new Error("disk is full")) : store.commitSweep(commit)),
      }),
    });
    const seen: Json[] = [];
    const leave = async (memory: Json | undefined): Promise<void> => {
      service.response = async (context) => {
        seen.push(context.memory);
        return { ...HEALTHY, ...(memory !== undefined && { memory }) };
      };
      await clock.advance(5_000);
    };
    for (const memory of [["x"], undefined, undefined, null, 7]) await leave(memory);
    isBroken = true;
    for (const memory of [8, 9, 10]) await leave(memory);
    expect(seen.slice(-8)).toEqual([seen.at(-8), ["x"], ["x"], ["x"], null, 7, 8, 9]);
  });

  it("is kept out of what people see and of the history, and forgotten with a line in the log when it is too large", async () => {
    const service = fakeService("a");
    const { clock, store, commits, logged } = await started([service]);
    service.response = { ...HEALTHY, memory: { canary: 4711 } };
    await clock.advance(MINUTE);
    expect(commits.at(-1)?.moment.checks.get("a")?.memory?.value).toEqual({ canary: 4711 });
    expect(commits.at(-1)?.body).not.toContain("canary");
    expect(JSON.stringify(await store.listSamples("a", 0, T0 * 2))).not.toContain("canary");
    service.response = { ...HEALTHY, memory: "ü".repeat(512) };
    await clock.advance(MINUTE);
    expect(commits.at(-1)?.moment.checks.get("a")?.memory).toBeUndefined();
    await clock.advance(5 * MINUTE);
    expect(logged.filter((line) => line.startsWith("warn"))).toEqual([
      "warn what a probe left is no JSON of 1 kB, forgotten",
    ]);
  });
});

/** Learns the first answer, and says what it knows. */
function learning(service: FakeService, learn: (context: ProbeContext) => Json | undefined) {
  const known: Json[] = [];
  service.response = async (context) => {
    known.push(await context.baseline());
    const baseline = learn(context);
    return { ...HEALTHY, ...(baseline !== undefined && { baseline }) };
  };
  return known;
}

describe("the baseline of a service", () => {
  it("outlives a restart and the loss of the snapshot, and is written only when it changes", async () => {
    const database = sqliteTestDatabase();
    onTestFinished(() => database.close());
    const clock = new FakeClock(T0);
    const service = fakeService("a");
    let writes = 0;
    const wrap = (store: Store) => ({
      ...store,
      writeBaseline: (...args: Parameters<typeof store.writeBaseline>) => ((writes += 1), store.writeBaseline(...args)),
    });
    const known = learning(service, () => ({ p95: 12 }));
    const first = await started([service], { database, clock, wrap });
    await clock.advance(3 * MINUTE);
    expect([known[0], known[1], writes]).toEqual([null, { p95: 12 }, 1]);
    await first.close();
    database.sqlite.exec("delete from snapshot");
    known.length = 0;
    await started([service], { database, clock, wrap });
    await clock.advance(MINUTE);
    expect([known[0], writes]).toEqual([{ p95: 12 }, 1]);
  });

  it("goes from round to round, counts for the same settings only, and null takes it away", async () => {
    const service = minutely("a");
    let left: Json | undefined = [1];
    const known = learning(service, () => left);
    const { clock, another, store } = roundsBench([service]);
    for (let round = 0; round < 2; round += 1) await finish(clock, another().round(), MINUTE);
    left = undefined;
    await finish(clock, another([{ ...service, fingerprint: "other" }]).round(), MINUTE);
    await finish(clock, another().round(), MINUTE);
    expect(known).toEqual([null, [1], null, [1]]);
    left = null;
    await finish(clock, another().round(), MINUTE);
    expect([...(await store.readBaselines())]).toEqual([]);
  });

  it("is not written over while it cannot be read, and written later when it cannot be written", async () => {
    const service = minutely("a");
    let fails: "readBaselines" | "writeBaseline" | null = null;
    const broken = () => Promise.reject(new Error("disk I/O error"));
    const { clock, store, logged, sweeper } = roundsBench([service], (real) => ({
      ...real,
      readBaselines: () => (fails === "readBaselines" ? broken() : real.readBaselines()),
      writeBaseline: (...args) => (fails === "writeBaseline" ? broken() : real.writeBaseline(...args)),
    }));
    await store.writeBaseline("a", { fingerprint: service.fingerprint, value: "old" });
    const known = learning(service, ({ previous }) => (previous ? "new" : "first"));
    fails = "readBaselines";
    await finish(clock, sweeper.round(), MINUTE);
    expect([known, (await store.readBaselines()).get("a")?.value]).toEqual([[null], "old"]);
    fails = "writeBaseline";
    await finish(clock, sweeper.round(), MINUTE);
    expect(logged.filter((line) => line.startsWith("warn"))).toEqual(["warn a baseline could not be kept"]);
    fails = null;
    await finish(clock, sweeper.round(), MINUTE);
    expect((await store.readBaselines()).get("a")?.value).toBe("new");
  });

  it("of more than 32 kB is not kept", async () => {
    const service = minutely("a");
    learning(service, () => "x".repeat(33_000));
    const { clock, store, logged, sweeper } = roundsBench([service]);
    await finish(clock, sweeper.round(), MINUTE);
    expect((await store.readBaselines()).size).toBe(0);
    expect(logged).toContain("warn a baseline could not be kept");
  });
});
