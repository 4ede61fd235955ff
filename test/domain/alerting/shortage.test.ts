import { describe, expect, it } from "vitest";
import { AlertingBench, SECOND } from "../../support/alerting-bench.ts";
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import { MINUTE } from "../../support/checks.ts";

const SHORT: Partial<Check> = { status: "unknown", reason: "shortage", message: "This machine has run out of sockets" };

describe("a monitor that is out of sockets", () => {
  const services = [{ id: "a" }, { id: "b" }];
  const sweepShort = (bench: AlertingBench): unknown =>
    bench.sweep([bench.check("a", "fail", SHORT), bench.check("b", "ok")]);

  it("is told of once, after a minute, and of none of the services that it could not check", () => {
    const bench = new AlertingBench({ services });
    for (let count = 0; count < 10; count += 1) {
      sweepShort(bench);
      bench.advance(30 * SECOND);
    }
    expect(bench.notified()).toEqual(["60 slack firing Monitoring"]);
    expect(bench.alert("#exhausted").message).toContain("1 of 2 services are not checked");
    expect(bench.stateOf("a")).toBeNull();
    bench.ok("a", "b");
    expect(bench.notified().map((line) => line.split(" ")[2])).toEqual(["resolved"]);
  });

  it("is told of by its own reason where it is the clock that nobody has set", () => {
    const bench = new AlertingBench({ services });
    const unjudged: Partial<Check> = { status: "unknown", reason: "clock", message: "The clock is not set" };
    for (let count = 0; count < 10; count += 1) {
      bench.sweep([bench.check("a", "fail", unjudged), bench.check("b", "ok")]);
      bench.advance(30 * SECOND);
    }
    expect(bench.notified()).toEqual(["60 slack firing Monitoring"]);
    expect(bench.alert("#exhausted")).toMatchObject({
      reason: "clock",
      message: "The clock of the monitor is not set: 1 of 2 services are not checked",
    });
    expect(bench.stateOf("a")).toBeNull();
  });

  it("is not told of when it lasts a moment", () => {
    const bench = new AlertingBench({ services });
    sweepShort(bench);
    bench.advance(30 * SECOND);
    bench.ok("a", "b");
    bench.advance(10 * MINUTE);
    expect(bench.notified()).toEqual([]);
  });

  it("leaves an alert that fires as it is", () => {
    const bench = new AlertingBench({ services });
    bench.failFor(3, "a");
    bench.notified();
    bench.sweep([bench.check("a", "fail", SHORT)]);
    expect(bench.stateOf("a")).toBe("firing");
  });
});
