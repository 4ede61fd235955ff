import { describe, expect, it } from "vitest";
import { AlertingBench, AT_ONCE, POLICIES, SECOND } from "../../support/alerting-bench.ts";
import { HOUR, MINUTE } from "../../support/checks.ts";

/** What each alert of the last message is called, and what it names beside it. */
function lastMessage(bench: AlertingBench): string[] {
  const alerts = bench.sent.at(-1)?.notification.alerts ?? [];
  return alerts.map(({ service, affected }) => [service, ...affected].join(" < "));
}

describe("what depends on a failing service", () => {
  const services = [{ id: "db" }, { id: "web", dependsOn: ["api"] }, { id: "api", dependsOn: ["db"] }];

  it("is named in its message and told nobody by itself", () => {
    const bench = new AlertingBench({ services });
    bench.failFor(3, "web", "api", "db");
    expect(lastMessage(bench)).toEqual(["db < Service api < Service web"]);
    expect(bench.notified()).toEqual(["60 slack firing db"]);
    bench.advance(HOUR);
    expect(bench.alert("web").decision).toBe("affected");
    expect(bench.notified().filter((line) => !line.endsWith(" db"))).toEqual([]);
  });

  it("is told when the cause is gone and a check that began after that fails still", () => {
    const bench = new AlertingBench({ services });
    bench.failFor(3, "web", "api", "db");
    bench.okFor(2, "db");
    bench.notified();
    bench.advance(SECOND);
    bench.sweep([bench.check("web", "fail", { responseTimeMs: 2_000 })]);
    expect(bench.notified()).toEqual([]);
    bench.advance(20 * SECOND);
    bench.okFor(2, "api");
    bench.fail("web");
    expect(bench.notified()).toEqual([]);
    bench.advance(SECOND);
    bench.fail("web");
    expect(bench.notified()).toEqual(["142 slack firing web"]);
  });

  it("recovers in silence when the cause was all there was", () => {
    const bench = new AlertingBench({ services });
    bench.failFor(3, "web", "api", "db");
    bench.okFor(2, "web", "api", "db");
    expect(bench.notified()).toEqual(["60 slack firing db", "90 slack resolved db"]);
  });

  it("makes the cause as bad as itself", () => {
    const bench = new AlertingBench({
      services: [
        { id: "db", critical: false },
        { id: "web", dependsOn: ["db"] },
      ],
    });
    bench.failFor(3, "web", "db");
    expect(lastMessage(bench)).toEqual(["db < Service web"]);
    expect(bench.alert("db").severity).toBe("critical");
    expect(bench.notified()).toEqual(["60 slack firing db"]);
    bench.fail("db");
    expect(bench.alert("db").severity).toBe("critical");
  });

  it("is told like anything else when it is a reference target", () => {
    const given = [{ id: "db" }, { id: "r1", dependsOn: ["db"] }, { id: "r2" }];
    const bench = new AlertingBench({ services: given, connectivityTargets: ["r1", "r2"] });
    bench.failFor(3, "db", "r1");
    expect(bench.notified()).toEqual(["60 slack firing db+r1"]);
  });

  it("does not when a silence covers it", () => {
    const bench = new AlertingBench({
      services: [
        { id: "db", critical: false },
        { id: "web", dependsOn: ["db"] },
      ],
    });
    bench.silence(HOUR, "web");
    bench.failFor(3, "web", "db");
    expect(bench.alert("db").severity).toBe("warning");
  });
});

describe("what runs on one machine", () => {
  const services = [
    { id: "a", machine: "m" },
    { id: "b", machine: "m" },
    { id: "c", machine: "m" },
    { id: "d", machine: "n" },
  ];

  it("and fails together is one message, what is only suspected is named, and each end is told", () => {
    const bench = new AlertingBench({ services });
    bench.fail("a", "b");
    bench.failFor(2, "a", "b", "c");
    expect(lastMessage(bench)).toEqual(["a < Service c", "b"]);
    expect(bench.notified()).toEqual(["30 slack firing a+b"]);
    expect(bench.alert("b")).toMatchObject({ decision: "joined", notifiedChannels: ["slack"] });
    bench.advance(30 * SECOND);
    bench.fail("a", "b", "c");
    bench.okFor(2, "b", "c");
    expect(bench.notified()).toEqual(["90 slack resolved b"]);
  });

  it("is named where it belongs when other messages go out with it", () => {
    const bench = new AlertingBench({ services: [...services, { id: "0" }] });
    bench.fail("0", "a");
    bench.failFor(2, "0", "a", "c");
    expect(lastMessage(bench)).toEqual(["0", "a < Service c"]);
  });

  it("is not joined by what another service takes down", () => {
    const given = [{ id: "a", machine: "m" }, { id: "b", machine: "m", dependsOn: ["db"] }, { id: "db" }];
    const bench = new AlertingBench({ services: given.map((each) => ({ ...each, rules: AT_ONCE })) });
    bench.fail("a", "b", "db");
    expect(lastMessage(bench)).toEqual(["a", "db < Service b"]);
    expect(bench.alert("b").decision).toBe("affected");
  });

  it("is not joined by what is worse and has a policy that waits", () => {
    const warning = { steps: [{ afterMs: 0, channels: ["email"] }] };
    const critical = { steps: [{ afterMs: MINUTE, channels: ["slack"] }] };
    const given = [
      { id: "a", machine: "m", critical: false, rules: AT_ONCE },
      { id: "b", machine: "m", rules: AT_ONCE },
    ];
    const bench = new AlertingBench({ services: given, policies: { ...POLICIES, critical, warning } });
    bench.fail("a", "b");
    bench.advance(MINUTE);
    expect(bench.notified()).toEqual(["0 email firing a", "60 slack firing b"]);
  });

  it("does not go along with what comes and goes", () => {
    const given = [
      { id: "a", machine: "m", rules: AT_ONCE },
      { id: "b", machine: "m" },
    ];
    const bench = new AlertingBench({ services: given });
    bench.fail("a");
    bench.ok("a");
    bench.fail("a");
    bench.advance(MINUTE);
    bench.ok("a");
    for (let count = 0; count < 2; count += 1) bench.sweep([bench.check("b", "fail")]);
    bench.fail("a", "b");
    expect(bench.alert("a")).toMatchObject({ isFlapping: true, isFlappingNotified: true });
    expect(bench.alert("b")).toMatchObject({ decision: "notified", inhibition: null });
  });

  it("is named when the first of them escalates", () => {
    const bench = new AlertingBench({ services });
    bench.failFor(3, "a", "b");
    bench.notified();
    bench.advance(4 * MINUTE + 59 * SECOND);
    expect(bench.notified()).toEqual([]);
    bench.advance(SECOND);
    expect(lastMessage(bench)).toEqual(["a < Service b"]);
    expect(bench.notified()).toEqual(["360 slack escalated a", "360 email escalated a"]);
  });

  it("goes on alone, from its own next step, when the first is over", () => {
    const bench = new AlertingBench({ services });
    bench.failFor(3, "a", "b");
    bench.okFor(2, "a");
    bench.notified();
    bench.advance(30 * SECOND);
    bench.fail("b");
    expect(bench.notified()).toEqual([]);
    bench.advance(5 * MINUTE);
    expect(bench.notified()).toEqual(["420 slack escalated b", "420 email escalated b"]);
  });

  it("speaks for itself when it is worse than what it was named with", () => {
    const warning = { steps: [{ afterMs: 0, channels: ["email"] }] };
    const given = [
      { id: "a", machine: "m", critical: false, rules: AT_ONCE },
      { id: "b", machine: "m" },
    ];
    const bench = new AlertingBench({ services: given, policies: { ...POLICIES, warning } });
    bench.slow("b");
    bench.fail("a");
    expect(lastMessage(bench)).toEqual(["a < Service b"]);
    bench.notified();
    bench.failFor(3, "b");
    expect(bench.alert("b")).toMatchObject({ severity: "critical", decision: "notified" });
    expect(bench.notified()).toEqual(["60 slack firing b"]);
  });

  it("speaks for itself when it becomes worse before it fires, too", () => {
    const warning = { steps: [{ afterMs: 0, channels: ["email"] }] };
    const given = [
      { id: "a", machine: "m", critical: false, rules: AT_ONCE },
      { id: "b", machine: "m", rules: { forMs: 3 * MINUTE } },
    ];
    const bench = new AlertingBench({ services: given, policies: { ...POLICIES, warning } });
    bench.slow("b");
    bench.fail("a");
    bench.notified();
    bench.failFor(7, "b");
    expect(bench.notified()).toEqual(["180 slack firing b"]);
  });

  it("is not taken along while somebody looks after it or it is in maintenance", () => {
    const bench = new AlertingBench({ services: services.map((each) => ({ ...each, rules: AT_ONCE })) });
    bench.fail("b", "c", "d");
    bench.acknowledge("b");
    bench.maintain(HOUR, "c");
    bench.advance(MINUTE);
    bench.notified();
    bench.fail("a");
    expect(lastMessage(bench)).toEqual(["a"]);
  });
});

describe("a monitor that is cut off", () => {
  const services = [{ id: "a" }, { id: "b" }, { id: "r1" }, { id: "r2" }];
  const connectivityTargets = ["r1", "r2"];
  const all = services.map(({ id }) => id);

  it("is told, not the services", () => {
    const bench = new AlertingBench({ services, connectivityTargets });
    bench.failFor(3, ...all);
    expect(bench.notified()).toEqual(["60 slack firing Monitoring"]);
    expect(bench.alert("a").decision).toBe("isolated");
  });

  it("is told when the first service fires, whatever is checked then", () => {
    const bench = new AlertingBench({ services, connectivityTargets });
    bench.fail("r1", "r2");
    bench.failFor(3, "a");
    expect(bench.notified()).toEqual(["60 slack firing Monitoring"]);
  });

  it("tells of nobody whose check was under way when the network came back", () => {
    const bench = new AlertingBench({ services, connectivityTargets });
    bench.failFor(3, ...all);
    bench.notified();
    bench.advance(10 * SECOND);
    bench.sweep([bench.check("a", "fail"), bench.check("r1", "ok"), bench.check("r2", "ok")]);
    bench.ok("r1", "r2");
    expect(bench.notified()).toEqual(["70 slack resolved Monitoring"]);
    bench.advance(3 * SECOND);
    bench.sweep([bench.check("b", "fail", { responseTimeMs: 10_000 })]);
    expect(bench.notified()).toEqual([]);
    bench.advance(30 * SECOND);
    bench.fail("a");
    bench.okFor(2, "b");
    expect(bench.notified()).toEqual(["103 slack firing a"]);
  });

  it("still tells of what answers wrongly", () => {
    const bench = new AlertingBench({ services, connectivityTargets });
    bench.failFor(3, "b", "r1", "r2");
    bench.notified();
    for (let count = 0; count < 3; count += 1) {
      bench.sweep([bench.check("a", "fail", { status: "unhealthy", reason: "http_status" })]);
    }
    bench.advance(10 * SECOND);
    expect(bench.notified()).toEqual(["70 slack firing a"]);
  });
});

describe("the end", () => {
  it("is told at once to everybody who was told of the problem, also while it is silenced or acknowledged", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.failFor(3, "a");
    bench.advance(6 * MINUTE);
    bench.acknowledge("a");
    bench.silence(HOUR, "a");
    bench.notified();
    bench.okFor(2, "a");
    expect(bench.notified()).toEqual(["450 slack resolved a", "450 email resolved a"]);
  });

  it("is told to nobody who was not told of the problem", () => {
    const bench = new AlertingBench({ services: [{ id: "a", critical: false }] });
    bench.failFor(3, "a");
    bench.okFor(2, "a");
    expect(bench.notified()).toEqual([]);
    expect(bench.records.at(-1)).toMatchObject({ state: "resolved", endReason: "recovered", notifiedChannels: [] });
  });
});
