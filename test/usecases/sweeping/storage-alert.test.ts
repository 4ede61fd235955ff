/** The monitor's own alert about its storage: when it is told, through memory, and when not. */
import { expect, it } from "vitest";
import { storageEvidence } from "../../../shared/domain/alerting/storage-alert.ts";
import type { Store } from "../../../shared/ports/store.ts";
import { T0 } from "../../support/checks.ts";
import { fakeService } from "../../support/fake-service.ts";
import { useSweepBench, type SweepBench } from "../../support/probe-loop-bench.ts";

const startBench = useSweepBench();

async function failingBench() {
  const fails = { commits: 0 };
  const wrap = (store: Store): Store => ({
    ...store,
    async commitSweep(sweep) {
      if (fails.commits-- > 0) throw new Error("database is locked");
      return store.commitSweep(sweep);
    },
  });
  const bench = await startBench([fakeService("a", { intervalMs: 1_000 })], { wrap });
  await bench.clock.advance(3_000);
  return { bench, fails };
}

const stateOf = (bench: SweepBench) => bench.commits.at(-1)?.alerting.subjects.get("#storage")?.alert?.state ?? null;
const fired = (bench: SweepBench) =>
  bench.database.sqlite.prepare("select count(*) from alerts where subject = '#storage'").pluck().get();

it("One commit that fails now and then is no alert", async () => {
  const { bench, fails } = await failingBench();
  for (let count = 0; count < 30; count += 1) {
    fails.commits = 1;
    await bench.clock.advance(2_000);
    expect(stateOf(bench)).toBeNull();
  }
  expect(fired(bench)).toBe(0);
});

it("A lock of ten seconds is none that anybody is told of", async () => {
  const { bench, fails } = await failingBench();
  fails.commits = Infinity;
  await bench.clock.advance(10_000);
  expect(stateOf(bench)).toBe("pending");
  fails.commits = 0;
  await bench.clock.advance(5_000);
  expect([stateOf(bench), fired(bench)]).toEqual([null, 0]);
});

it("What lasts is one alert, however often it is tried again", async () => {
  const { bench, fails } = await failingBench();
  fails.commits = Infinity;
  await bench.clock.advance(120_000);
  expect(stateOf(bench)).toBe("firing");
  const ids = bench.commits.flatMap(({ alerting }) => alerting.subjects.get("#storage")?.alert?.id ?? []);
  expect(new Set(ids).size).toBe(1);
  fails.commits = 0;
  await bench.clock.advance(5_000);
  expect([stateOf(bench), fired(bench)]).toEqual([null, 1]);
});

it("A database that has lost history and saves again is a warning, one that saves nothing is critical", () => {
  const faults = ["The database was damaged and moved aside; history starts anew"];
  expect(storageEvidence({ works: true, faults }, T0)).toMatchObject({ verdict: "failing", severity: "warning" });
  expect(storageEvidence({ works: false, faults }, T0)).toMatchObject({ verdict: "failing", severity: "critical" });
  expect(storageEvidence({ works: true, faults: [] }, T0).verdict).toBe("ok");
});
