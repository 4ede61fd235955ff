/**
 * How many messages come of what: grouping, dependencies, machines, isolation, flapping, and times in which nobody is told.
 */
import { describe, expect, it } from "vitest";
import { alerted, AlertingBench, down } from "../../support/lived-alerting.ts";
import { check, T0 } from "../../support/checks.ts";

const S = 1_000;
const MINUTE = 60 * S;
const HOUR = 60 * MINUTE;

const failingBench = (...ids: string[]): AlertingBench => {
  const bench = new AlertingBench(ids.map((id) => alerted(id)));
  for (let count = 0; count < 3; count += 1) bench.fail(...ids);
  return bench;
};

describe("messages", () => {
  it("of what follows a lone alert within 10 s are one", () => {
    const bench = failingBench("a");
    for (let count = 0; count < 3; count += 1) bench.sweep([down("b", bench.nowMs), down("c", bench.nowMs)]);
    bench.services.push(alerted("b"), alerted("c"));
    for (let count = 0; count < 3; count += 1) bench.sweep([down("b", bench.nowMs), down("c", bench.nowMs)]);
    expect(bench.notified("slack")).toEqual(["alert.firing a"]);
    bench.pass(10 * S);
    expect(bench.notified("slack")).toEqual(["alert.firing a", "alert.firing b,c"]);
  });

  it("are the same whatever the order of simultaneous failures", () => {
    const ids = ["a", "b", "c", "d"];
    const messages = [ids, ids.toReversed()].map((order) => {
      const bench = new AlertingBench(ids.map((id) => alerted(id)));
      for (let count = 0; count < 3; count += 1) bench.fail(...order);
      return bench.outgoing.map(({ channel, notification: { alerts } }) => [
        channel,
        alerts.map(({ id }) => id).sort(),
      ]);
    });
    expect(messages[0]).toEqual(messages[1]);
  });

  it("about a problem that waits go out before those about its end", () => {
    const bench = failingBench("a");
    bench.services.push(alerted("b", { rules: { failures: 1, successes: 1 } }));
    bench.sweep([down("b", bench.nowMs)]);
    bench.pass(S);
    bench.sweep([check("b", bench.nowMs)]);
    expect(bench.notified("slack")).toEqual(["alert.firing a", "alert.firing b", "alert.resolved b"]);
  });

  it("of 200 services that die in one second are two at most, however their checks are spread", () => {
    const ids = Array.from({ length: 200 }, (_, index) => `s${index}`);
    const bench = new AlertingBench(ids.map((id) => alerted(id)));
    // Each finds out on its own grid of 30 s, and looks again every 7.5 s.
    const checks = ids.flatMap((id, index) => [0, 1, 2].map((turn) => ({ id, atMs: T0 + index * 150 + turn * 7_500 })));
    for (const { id, atMs } of checks.toSorted((left, right) => left.atMs - right.atMs)) {
      bench.pass(Math.max(0, atMs - bench.nowMs));
      bench.sweep([down(id, atMs)]);
    }
    bench.pass(2 * MINUTE);
    expect(bench.notified("slack").length).toBeLessThanOrEqual(2);
    const notifiedChannels = new Set(
      bench.outgoing.flatMap(({ notification }) => notification.alerts.map(({ service }) => service)),
    );
    expect(notifiedChannels.size).toBe(200);
  });

  it("of a parent with 50 children are one, which lists them", () => {
    const ids = Array.from({ length: 50 }, (_, index) => `child${index}`);
    const bench = new AlertingBench([alerted("router"), ...ids.map((id) => alerted(id, { dependsOn: ["router"] }))]);
    for (let count = 0; count < 3; count += 1) bench.fail("router", ...ids);
    bench.pass(2 * MINUTE);
    expect(bench.notified("slack")).toEqual(["alert.firing router"]);
    expect(bench.outgoing[0]?.notification.alerts[0]?.affected).toHaveLength(50);
    expect(bench.alertOf("child7")).toMatchObject({ state: "firing", decision: "affected" });
  });

  it("say what people lack while it is down, as it was configured when they were decided, and not when it is over", () => {
    const bench = new AlertingBench([
      alerted("embeddings", { impact: "all semantic search disabled" }),
      alerted("tools"),
    ]);
    for (let count = 0; count < 3; count += 1) bench.fail("embeddings", "tools");
    bench.pass(2 * MINUTE);
    const impacts = () => bench.outgoing.flatMap(({ notification }) => notification.alerts.map((each) => each.impact));
    expect(impacts()).toContain("all semantic search disabled");
    expect(impacts().filter((each) => each === undefined)).toHaveLength(1);
    bench.ok("embeddings");
    bench.ok("embeddings");
    expect(bench.notified("slack").at(-1)).toBe("alert.resolved embeddings");
    expect(impacts().at(-1)).toBeUndefined();
  });

  it("of a child come when it still fails after its parent is well", () => {
    const bench = new AlertingBench([alerted("router"), alerted("nas", { dependsOn: ["router"] })]);
    for (let count = 0; count < 3; count += 1) bench.fail("router", "nas");
    bench.ok("router");
    bench.ok("router");
    expect(bench.notified("slack")).toEqual(["alert.firing router", "alert.resolved router"]);
    bench.fail("nas");
    expect(bench.notified("slack").at(-1)).toBe("alert.firing nas");
  });

  it("of services on one machine that fail together are one, whatever their severity", () => {
    const bench = new AlertingBench([
      alerted("redis", { machine: "192.168.1.81" }),
      alerted("llama", { machine: "192.168.1.81", critical: false }),
      alerted("jetson", { machine: "192.168.1.177" }),
    ]);
    for (let count = 0; count < 3; count += 1) bench.fail("redis", "llama");
    expect(bench.notified("slack")).toEqual(["alert.firing redis,llama"]);
    expect(bench.alertOf("llama")).toMatchObject({ decision: "joined", notifiedChannels: ["slack"] });
    bench.ok("redis", "llama");
    bench.ok("redis", "llama");
    bench.pass(MINUTE);
    expect(bench.notified("slack").slice(1).sort()).toEqual(["alert.resolved llama", "alert.resolved redis"]);
  });

  it("say that the monitor is cut off when the connectivity targets fail too, instead of naming every service", () => {
    const services = ["gateway", "a", "b", "c"].map((id) => alerted(id));
    const bench = new AlertingBench(services, { connectivityTargets: ["gateway"] });
    for (let count = 0; count < 3; count += 1) bench.fail("gateway", "a", "b", "c");
    expect(bench.notified("slack")).toEqual(["alert.firing monitor"]);
    expect(bench.alertOf("a")?.decision).toBe("isolated");
    bench.ok("gateway", "a", "b");
    bench.ok("gateway", "a", "b");
    bench.fail("c");
    bench.pass(MINUTE);
    expect(bench.notified("slack")).toEqual(["alert.firing monitor", "alert.resolved monitor", "alert.firing c"]);
  });
});

describe("flapping", () => {
  const flap = (rules: { failures: number; successes: number }): AlertingBench => {
    const bench = new AlertingBench([alerted("a", { rules })]);
    for (let count = 0; count < 180; count += 1) {
      bench.fail("a");
      bench.ok("a");
    }
    return bench;
  };

  it("at every check for an hour is one message, and one when it has settled", () => {
    const bench = flap({ failures: 3, successes: 2 });
    expect(bench.notified("slack")).toEqual(["alert.flapping a"]);
    for (let count = 0; count < 21; count += 1) bench.ok("a");
    expect(bench.notified("slack")).toEqual(["alert.flapping a", "alert.resolved a"]);
  });

  it("of a service without any patience is five messages at most", () => {
    const bench = flap({ failures: 1, successes: 1 });
    expect(bench.notified("slack").length).toBeLessThanOrEqual(5);
    expect(bench.notified("slack").at(-1)).toBe("alert.flapping a");
  });

  it("that ends in failing for good is told again", () => {
    const bench = flap({ failures: 3, successes: 2 });
    for (let count = 0; count < 21; count += 1) bench.fail("a");
    expect(bench.notified("slack")).toEqual(["alert.flapping a", "alert.firing a"]);
  });

  it("is not looked for when the service says so", () => {
    const bench = new AlertingBench([alerted("a", { rules: { failures: 1, successes: 1, flapping: false } })]);
    for (let count = 0; count < 10; count += 1) {
      bench.fail("a");
      bench.ok("a");
    }
    bench.pass(MINUTE);
    expect(bench.notified("slack")).toHaveLength(20);
  });
});

describe("quiet", () => {
  const silence = (bench: AlertingBench, endsAtMs: number): void => {
    const matcher = { services: ["a"], severities: [] };
    const times = { startsAtMs: bench.nowMs, endsAtMs, createdAtMs: bench.nowMs };
    bench.command({ kind: "silence", silence: { id: "s1", matcher, ...times, author: "kim", comment: "x" } });
  };

  it("by a silence tells nobody, and once at its end if it still fails", () => {
    const bench = new AlertingBench([alerted("a")]);
    silence(bench, T0 + HOUR);
    for (let count = 0; count < 3; count += 1) bench.fail("a");
    expect([bench.alertOf("a")?.decision, bench.outgoing]).toEqual(["silenced", []]);
    bench.pass(T0 + HOUR - bench.nowMs - 1);
    expect(bench.outgoing).toEqual([]);
    bench.pass(1);
    expect(bench.notified("slack")).toEqual(["alert.firing a"]);
    expect(bench.outgoing[0]?.notification.isLate).toBe(false);
  });

  it("by maintenance is not broken by what failed before and still fails, of which a reminder tells afterwards", () => {
    const bench = failingBench("a");
    const schedule = { kind: "once", startsAtMs: bench.nowMs, endsAtMs: bench.nowMs + HOUR } as const;
    const window = { id: "w1", services: [], schedule, createdAtMs: bench.nowMs, author: "kim", comment: "x" };
    bench.command({ kind: "addWindow", window });
    for (let count = 0; count < 30; count += 1) {
      bench.pass(MINUTE);
      bench.sweep([check("a", bench.nowMs, { status: "maintenance" })]);
    }
    expect([bench.alertOf("a")?.decision, bench.notified("slack")]).toEqual(["maintenance", ["alert.firing a"]]);
    bench.pass(31 * MINUTE);
    expect(bench.notified("slack")).toHaveLength(1);
    bench.fail("a");
    expect(bench.notified("slack")).toEqual(["alert.firing a", "alert.reminder a"]);
    bench.ok("a");
    bench.ok("a");
    expect(bench.notified("slack").at(-1)).toBe("alert.resolved a");
  });
});
