/** Maintenance from the command to what is stored and shown: probing goes on, and nobody is down. */
import { expect, it } from "vitest";
import { MINUTE, T0 } from "../../support/checks.ts";
import { fakeService, REFUSED } from "../../support/fake-service.ts";
import { useSweepBench } from "../../support/probe-loop-bench.ts";

const startBench = useSweepBench();

const IN_MAINTENANCE = { health: { status: "maintenance" } };

it("A service in maintenance is probed and shown as such, with what fails because of it, counts on neither side, and is watched again afterwards", async () => {
  const service = fakeService("a", { intervalMs: 30_000 });
  const dependent = fakeService("b", { dependsOn: ["a"] });
  const { clock, loop, commits } = await startBench([service, dependent, fakeService("c", { dependsOn: ["b"] })]);
  await clock.advance(MINUTE);
  service.response = REFUSED;
  dependent.response = REFUSED;
  const schedule = { kind: "once", startsAtMs: T0, endsAtMs: clock.nowMs() + 10 * MINUTE } as const;
  const window = { id: "w", services: ["a"], schedule, createdAtMs: T0, author: "kim", comment: "x" };
  const done = loop.apply({ kind: "addWindow", window });
  await clock.advance(5 * MINUTE);
  expect(await done).toBe("done");
  const asked = service.asked;
  const shown = () => JSON.parse(commits.at(-1)?.body ?? "{}");
  expect(shown()).toMatchObject({
    overall_status: "healthy",
    alerts: [],
    services: { a: IN_MAINTENANCE, b: IN_MAINTENANCE, c: { health: { status: "healthy" } } },
  });
  expect(commits.at(-1)?.alerting.subjects.size).toBe(0);
  await clock.advance(10 * MINUTE);
  expect(service.asked).toBeGreaterThan(asked + 10);
  expect(shown()).toMatchObject({ services: { a: { health: { status: "error" } } } });
  expect(commits.at(-1)?.alerting.subjects.get("a")?.alert?.state).toBe("firing");
});
