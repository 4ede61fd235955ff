import { describe, expect, it } from "vitest";
import { AlertingBench, AT_ONCE, POLICIES, SECOND, type GivenService } from "../../support/alerting-bench.ts";
import { HOUR, MINUTE } from "../../support/checks.ts";

function many(count: number, more: Partial<GivenService> = {}): GivenService[] {
  return Array.from({ length: count }, (_, index) => ({ id: `s${index}`, ...more }));
}

function perChannel(bench: AlertingBench): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { channel } of bench.sent) counts[channel] = (counts[channel] ?? 0) + 1;
  return counts;
}

describe("flapping", () => {
  it.each([
    ["that fires at once", AT_ONCE],
    ["with the rules nobody configured", {}],
  ])("for an hour at every check is at most five messages to a channel, of a service %s", (_, rules) => {
    const bench = new AlertingBench({ services: [{ id: "a", rules }] });
    for (let count = 0; count < 120; count += 1) {
      if (count % 2 === 0) bench.fail("a");
      else bench.ok("a");
      bench.advance(30 * SECOND);
    }
    expect(bench.alert("a").isFlapping).toBe(true);
    expect(perChannel(bench)["slack"]).toBeGreaterThan(0);
    expect(perChannel(bench)["slack"]).toBeLessThanOrEqual(5);
  });

  it("of all connectivity targets is no storm of messages either", () => {
    const connectivityTargets = ["r1", "r2"];
    const bench = new AlertingBench({ services: [{ id: "a" }, { id: "r1" }, { id: "r2" }], connectivityTargets });
    bench.failFor(3, "a");
    bench.notified();
    for (let count = 0; count < 120; count += 1) {
      const pair = connectivityTargets.map((id) => bench.check(id, count % 2 === 0 ? "fail" : "ok"));
      bench.sweep([...pair, bench.check("a", "fail")]);
      for (let tick = 0; tick < 5; tick += 1) {
        bench.advance(5 * SECOND);
        bench.sweep();
      }
    }
    const isolated = bench.sent.filter(({ notification }) => notification.alerts.some(({ service }) => !service));
    expect(isolated.length).toBeGreaterThan(0);
    expect(isolated.filter(({ channel }) => channel === "slack").length).toBeLessThanOrEqual(5);
  });

  it("that begins late in a long outage is not called late", () => {
    const bench = new AlertingBench({ services: [{ id: "a", rules: { failures: 1, successes: 2 } }] });
    bench.fail("a");
    bench.advance(4 * MINUTE);
    bench.notified();
    for (let count = 0; !bench.alert("a").isFlapping; count += 1) {
      if (count % 2 === 0) bench.ok("a");
      else bench.fail("a");
    }
    const [message] = bench.sent;
    expect(message?.notification).toMatchObject({ type: "alert.flapping", isLate: false });
  });

  it("that becomes critical tells the first channel of the critical policy", () => {
    const warning = { steps: [{ afterMs: 0, channels: ["email"] }] };
    const policies = { ...POLICIES, warning };
    const bench = new AlertingBench({ services: [{ id: "a", rules: AT_ONCE }], policies });
    for (let count = 0; count < 3; count += 1) {
      bench.slow("a");
      bench.ok("a");
      bench.advance(30 * SECOND);
    }
    expect(bench.alert("a")).toMatchObject({ isFlapping: true, severity: "warning" });
    bench.notified();
    bench.fail("a");
    expect(bench.alert("a")).toMatchObject({ isFlapping: true, severity: "critical" });
    expect(bench.notified()).toEqual(["90 slack flapping a"]);
    bench.ok("a");
    bench.fail("a");
    expect(bench.notified()).toEqual([]);
  });
});

describe("a storm", () => {
  const warningToo = (services: GivenService[]): GivenService[] =>
    services.map((each, index) => ({ ...each, critical: index % 2 === 0 }));

  it.each([
    ["200 services that fail in one second", many(200)],
    ["200 services, half of them critical", warningToo(many(200))],
    ["4 services", many(4)],
    ["a parent and 50 children", [{ id: "up" }, ...many(50, { dependsOn: ["up"] })]],
    [
      "a parent of no importance and 50 critical children",
      [{ id: "up", critical: false }, ...many(50, { dependsOn: ["up"] })],
    ],
    ["50 services on one machine", many(50, { machine: "node4" })],
  ])("is at most two messages to a channel: %s", (_, services) => {
    const bench = new AlertingBench({ services });
    bench.watch(40 * SECOND, () => "ok");
    bench.watch(3 * MINUTE, () => "fail");
    expect(Object.keys(perChannel(bench))).toEqual(["slack"]);
    expect(perChannel(bench)["slack"]).toBeLessThanOrEqual(2);
    const named = bench.sent.flatMap(({ notification }) =>
      notification.alerts.flatMap(({ name, affected }) => [name, ...affected]),
    );
    const critical = [...bench.services.values()].filter((each) => each.critical);
    const untold = critical.filter(({ id, name }) => !named.includes(name) && bench.alert(id).decision !== "affected");
    expect(untold).toEqual([]);
  });

  it("of warnings is at most two messages to a channel, too", () => {
    const bench = new AlertingBench({ services: many(200, { critical: false }) });
    bench.watch(20 * MINUTE, () => "fail");
    expect(perChannel(bench)).toEqual({ slack: 2, email: 2 });
  });

  it("of children that fail on when their parent is well again is at most two messages, too", () => {
    const bench = new AlertingBench({ services: [{ id: "up" }, ...many(50, { dependsOn: ["up"] })] });
    bench.watch(3 * MINUTE, () => "fail");
    bench.notified();
    bench.watch(3 * MINUTE, (id) => (id === "up" ? "ok" : "fail"));
    const firing = bench.sent.filter(({ notification }) => notification.type === "alert.firing");
    expect(firing.length).toBeLessThanOrEqual(2);
    expect(firing.flatMap(({ notification }) => notification.alerts)).toHaveLength(50);
  });

  it("escalates in at most two messages to a channel", () => {
    const bench = new AlertingBench({ services: many(200) });
    bench.watch(3 * MINUTE, () => "fail");
    bench.notified();
    bench.watch(5 * MINUTE, () => "fail");
    expect(perChannel(bench)).toEqual({ slack: 2, email: 2 });
  });

  it("is not what is suspected for long and would be told much later", () => {
    const suspected = many(5, { critical: false, rules: { forMs: 2 * HOUR } });
    const given = ["x", "y", "z"].map((id) => ({ id, critical: false, rules: AT_ONCE }));
    const bench = new AlertingBench({ services: [...suspected, ...given] });
    bench.failFor(3, ...suspected.map(({ id }) => id));
    bench.advance(30 * MINUTE);
    for (const { id } of given) {
      bench.fail(id);
      bench.advance(2 * SECOND);
    }
    bench.advance(30 * MINUTE);
    expect(bench.notified().filter((line) => line.includes("email"))).toEqual([
      "2760 email firing x",
      "2770 email firing y+z",
    ]);
  });

  it.each([20, 30, 50, 300])("is not a lone alert whose own next step comes after %i s", (afterS) => {
    const steps = [0, afterS].map((each) => ({ afterMs: each * SECOND, channels: ["slack"] }));
    const services = ["x", "y"].map((id) => ({ id, rules: AT_ONCE }));
    const bench = new AlertingBench({ services, policies: { ...POLICIES, critical: { steps } } });
    bench.ok("y");
    bench.fail("x");
    bench.advance(2 * SECOND);
    bench.ok("x");
    bench.advance(2 * SECOND);
    bench.fail("y");
    bench.advance(SECOND);
    bench.ok("x");
    bench.advance(7 * SECOND);
    expect(bench.notified()).toEqual(["0 slack firing x", "2 slack resolved x", "10 slack firing y"]);
  });

  it("does not hold up a message for longer than a minute and a half", () => {
    const bench = new AlertingBench({
      services: [{ id: "a", rules: AT_ONCE }, { id: "b", rules: AT_ONCE }, ...many(9)],
    });
    bench.fail("a", ...many(9).map(({ id }) => id));
    bench.advance(SECOND);
    bench.fail("b");
    bench.advance(2 * MINUTE);
    expect(bench.notified()).toEqual(["0 slack firing a", "90 slack firing b"]);
  });
});
