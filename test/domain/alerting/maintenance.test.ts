/** What a maintenance window covers beside what it names, and what is told after it. */
import { describe, expect, it } from "vitest";
import { asInMaintenance, findMaintenance, listAncestors } from "../../../shared/domain/alerting/maintenance.ts";
import { AlertingBench, AT_ONCE, SECOND, service, type GivenService } from "../../support/alerting-bench.ts";
import { check, failing, HOUR, MINUTE, T0 } from "../../support/checks.ts";
import { planned } from "../../support/fake-maintenance.ts";

const REMEDIATED = { onFiring: { cooldownMs: 0, mostPerHour: 4 } };

const FAMILY: readonly GivenService[] = [
  { id: "host" },
  { id: "db", dependsOn: ["host"], ...REMEDIATED },
  { id: "api", dependsOn: ["db"], rules: AT_ONCE, ...REMEDIATED },
  { id: "alone" },
];

/** Every half minute for as long, the last time half a minute before its end. */
function failFor(bench: AlertingBench, ms: number, ...ids: readonly string[]): void {
  bench.failFor(ms / (30 * SECOND), ...ids);
  bench.advance(30 * SECOND);
}

describe("a parent in maintenance", () => {
  it("covers what fails because of it, directly or not: nobody is told and nothing is done", () => {
    const bench = new AlertingBench({ services: FAMILY });
    bench.maintain(HOUR, "host");
    failFor(bench, 20 * MINUTE, "host", "db", "api");
    expect(bench.notified()).toEqual([]);
    expect(bench.records).toEqual([]);
  });

  it("covers nothing else", () => {
    const bench = new AlertingBench({ services: FAMILY });
    bench.maintain(HOUR, "db");
    bench.failFor(3, "host", "db", "api", "alone");
    expect(bench.notified()).toEqual(["60 slack firing alone+host"]);
  });

  it("leaves what fails still after it to be told once, as one problem", () => {
    const bench = new AlertingBench({ services: FAMILY });
    bench.maintain(10 * MINUTE, "host");
    failFor(bench, 10 * MINUTE, "host", "db", "api");
    bench.advance(SECOND);
    bench.failFor(3, "host", "db", "api");
    expect(bench.notified()).toEqual(["661 slack firing host"]);
    bench.okFor(2, "host");
    bench.failFor(3, "db", "api");
    expect(bench.notified()).toEqual(["691 slack resolved host", "721 on_firing:db firing db", "721 slack firing db"]);
  });

  it("says nothing of a service that was told before and fails still", () => {
    const bench = new AlertingBench({ services: FAMILY });
    bench.failFor(3, "db");
    bench.notified();
    bench.maintain(HOUR, "host");
    failFor(bench, 20 * MINUTE, "host", "db");
    expect(bench.notified()).toEqual([]);
    expect(bench.alert("db").decision).toBe("maintenance");
  });
});

describe("a connectivity target in maintenance", () => {
  const SERVICES = [{ id: "gateway" }, { id: "probe" }, { id: "a" }, { id: "b" }];
  const ALL = ["gateway", "probe", "a", "b"] as const;
  const benchOf = (...connectivityTargets: readonly string[]) =>
    new AlertingBench({ services: SERVICES, connectivityTargets });

  it.each([
    ["the only one", ["gateway"]],
    ["one of two that are out of reach", ["gateway", "probe"]],
  ])("covers what is out of reach meanwhile, and is no sign that we are cut off: %s", (_what, targets) => {
    const bench = benchOf(...targets);
    bench.maintain(HOUR, "gateway");
    failFor(bench, 20 * MINUTE, ...ALL);
    expect(bench.notified()).toEqual([]);
    expect(bench.alert("a").decision).toBe("maintenance");
  });

  it("explains nothing while another one is there, nor what answers wrongly", () => {
    const bench = benchOf("gateway", "probe");
    bench.maintain(HOUR, "gateway");
    bench.failFor(3, "gateway", "a");
    bench.ok("probe");
    expect(bench.notified()).toEqual(["60 slack firing a"]);
    const alone = benchOf("gateway");
    alone.maintain(HOUR, "gateway");
    for (let count = 0; count < 3; count += 1) {
      const wrong = alone.check("a", "fail", { status: "unhealthy", reason: "http_status" });
      alone.sweep([wrong, alone.check("b", "fail")]);
      alone.advance(30 * SECOND);
    }
    expect(alone.notified()).toEqual(["60 slack firing a"]);
  });

  const REFUSED = { status: "error", reason: "refused", message: "Connection refused" } as const;
  const RESET = { status: "error", reason: "reset", message: "Connection reset" } as const;

  it("that answers all the same explains nothing: the network is there", () => {
    const bench = benchOf("gateway");
    bench.ok("gateway");
    bench.maintain(HOUR, "gateway");
    for (let count = 0; count < 3; count += 1) {
      bench.sweep([bench.check("gateway", "ok"), bench.check("a", "fail"), bench.check("b", "fail", REFUSED)]);
      bench.advance(30 * SECOND);
    }
    expect(bench.notified()).toEqual(["60 slack firing a+b"]);
  });

  it.each([
    ["answers with an error", { status: "unhealthy", reason: "http_status" } as const],
    ["refuses the connection", REFUSED],
  ])("that %s is there as well", (_what, answer) => {
    const bench = benchOf("gateway");
    bench.maintain(HOUR, "gateway");
    for (let count = 0; count < 3; count += 1) {
      bench.sweep([bench.check("gateway", "fail", answer), bench.check("a", "fail")]);
      bench.advance(30 * SECOND);
    }
    expect(bench.notified()).toEqual(["60 slack firing a"]);
  });

  it("of two that answer in turn is there; once none does, what is out of reach is covered", () => {
    const bench = benchOf("gateway", "probe");
    bench.maintain(HOUR, "gateway", "probe");
    bench.sweep([bench.check("gateway", "fail"), bench.check("probe", "ok"), bench.check("a", "fail")]);
    bench.advance(30 * SECOND);
    bench.failFor(5, "gateway", "probe", "a");
    expect(bench.notified()).toEqual([]);
    expect(bench.alert("a").decision).toBe("maintenance");
  });

  it("that is gone does not explain who refuses or resets: the network is there for them", () => {
    const bench = benchOf("gateway");
    bench.maintain(HOUR, "gateway");
    for (let count = 0; count < 3; count += 1) {
      const fails = [bench.check("a", "fail", REFUSED), bench.check("b", "fail", RESET), bench.check("probe", "fail")];
      bench.sweep([bench.check("gateway", "fail"), ...fails]);
      bench.advance(30 * SECOND);
    }
    expect(bench.notified()).toEqual(["60 slack firing a+b"]);
  });

  it("that fails still afterwards is one message: that we are cut off", () => {
    const bench = benchOf("gateway");
    bench.maintain(10 * MINUTE, "gateway");
    failFor(bench, 10 * MINUTE, ...ALL);
    bench.advance(SECOND);
    bench.fail("a", "b", "probe");
    bench.advance(5 * SECOND);
    bench.fail("gateway");
    failFor(bench, 2 * MINUTE, ...ALL);
    expect(bench.notified()).toEqual(["606 slack firing Monitoring"]);
  });

  it("that is well afterwards leaves what fails still to be told once", () => {
    const bench = benchOf("gateway");
    bench.maintain(10 * MINUTE, "gateway");
    failFor(bench, 10 * MINUTE, "gateway", "a", "b");
    bench.advance(SECOND);
    bench.ok("gateway");
    failFor(bench, 2 * MINUTE, "a", "b");
    expect(bench.notified()).toEqual(["601 slack firing a+b"]);
  });

  it("that was told as cut off before is not over because work begins", () => {
    const bench = benchOf("gateway");
    failFor(bench, 2 * MINUTE, ...ALL);
    expect(bench.notified()).toEqual(["60 slack firing Monitoring"]);
    bench.maintain(HOUR, "gateway");
    failFor(bench, 20 * MINUTE, ...ALL);
    expect(bench.notified()).toEqual([]);
    bench.ok(...ALL);
    bench.advance(HOUR);
    bench.okFor(2, ...ALL);
    expect(bench.notified()).toEqual(["1320 slack resolved Monitoring"]);
  });
});

describe("a check", () => {
  const services = new Map(FAMILY.map((given) => [given.id, service(given)]));
  const windows = [planned({ kind: "once", startsAtMs: T0, endsAtMs: T0 + HOUR }, ["host"])];
  const statusOf = (id: string, isOk: boolean) =>
    asInMaintenance(isOk ? check(id, T0) : failing(id, T0), { services, windows }).status;

  it("of what needs a service in maintenance counts unless it is bad", () => {
    expect([statusOf("host", true), statusOf("host", false)]).toEqual(["maintenance", "maintenance"]);
    expect([statusOf("api", true), statusOf("api", false)]).toEqual(["healthy", "maintenance"]);
    expect(statusOf("alone", false)).toBe("timeout");
  });

  it("leaves the certificate of what needs it alone", () => {
    const find = (subject: string) => findMaintenance(subject, { services, windows, nowMs: T0 })?.id ?? null;
    expect([find("host#certificate"), find("api#certificate"), find("api")]).toEqual([
      windows[0]?.id,
      null,
      windows[0]?.id,
    ]);
  });
});

it("Ancestors are found through a circle, the nearest first", () => {
  const circle = new Map([
    ["a", { dependsOn: ["b"] }],
    ["b", { dependsOn: ["c", "a"] }],
    ["c", { dependsOn: ["a"] }],
  ]);
  expect(listAncestors("a", circle)).toEqual(["b", "c"]);
});
