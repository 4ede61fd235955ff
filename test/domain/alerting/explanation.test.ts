import { describe, expect, it } from "vitest";
import { AlertingBench, AT_ONCE, SECOND } from "../../support/alerting-bench.ts";
import { MINUTE } from "../../support/checks.ts";

describe("what depends on a service that may fail, too", () => {
  const services = [{ id: "db" }, { id: "web", dependsOn: ["api"] }, { id: "api", dependsOn: ["db"] }];

  it("is told nobody before its parent has been looked at, but waits 15 s at most", () => {
    const bench = new AlertingBench({ services: services.map((each) => ({ ...each, rules: AT_ONCE })) });
    bench.ok("db", "api", "web");
    bench.advance(SECOND);
    bench.fail("api");
    expect(bench.notified()).toEqual([]);
    expect(bench.alert("api").decision).toBe("waiting");
    bench.advance(SECOND);
    bench.fail("db");
    expect(bench.notified()).toEqual(["2 slack firing db"]);
    bench.ok("db");
    bench.advance(SECOND);
    bench.ok("api");
    bench.advance(2 * MINUTE);
    bench.notified();
    bench.fail("api");
    bench.advance(MINUTE);
    expect(bench.notified()).toEqual(["138 slack firing api"]);
  });

  it("is told at once when its parent, looked at since, is well", () => {
    const bench = new AlertingBench({ services: services.map((each) => ({ ...each, rules: AT_ONCE })) });
    bench.ok("db");
    bench.advance(SECOND);
    bench.fail("api");
    bench.advance(SECOND);
    bench.ok("db");
    expect(bench.notified()).toEqual(["2 slack firing api"]);
  });

  it("has nothing done about it before its parent has been looked at", () => {
    const onFiring = { cooldownMs: MINUTE, mostPerHour: 3 };
    const bench = new AlertingBench({
      services: [{ id: "db" }, { id: "api", dependsOn: ["db"], rules: AT_ONCE, onFiring }],
    });
    bench.ok("db");
    bench.advance(SECOND);
    bench.fail("api");
    expect(bench.notified()).toEqual([]);
    bench.advance(SECOND);
    bench.fail("db");
    expect(bench.alert("api").hasRemediation).toBe(false);
  });
});
