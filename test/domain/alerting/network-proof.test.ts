/** Who fails alone and who is cut off, over time: a target that is dead hides nobody's outage, and a network that is gone is one message. */
import { describe, expect, it } from "vitest";
import { AlertingBench, AT_ONCE, SECOND } from "../../support/alerting-bench.ts";
import { failing, HOUR, MINUTE } from "../../support/checks.ts";

const MACHINES = [{ id: "gw", machine: "gw" }, ...["a", "b", "c", "d"].map((id) => ({ id, machine: `10.0.0.${id}` }))];
const [NEAR, TARGETS] = [{ id: "near" }, ["gw"]];

function benchOf(
  rules = {},
  services: readonly { readonly id: string; readonly machine?: string }[] = [...MACHINES, NEAR],
) {
  return new AlertingBench({ services: services.map((each) => ({ ...each, rules })), connectivityTargets: TARGETS });
}

const firing = (bench: AlertingBench) => bench.notified().filter((line) => / slack firing /.test(line));

describe.each([
  ["with the rules nobody configured", {}],
  ["told at once", AT_ONCE],
])("a connectivity target that is dead, %s", (_which, rules) => {
  it("is told as what it is, and hides no outage of others", () => {
    const bench = benchOf(rules);
    bench.watch(MINUTE, () => "ok");
    bench.watch(HOUR, (id) => (id === "gw" ? "fail" : "ok"));
    expect(firing(bench)).toEqual([expect.stringMatching(/ gw$/)]);
    const diedAtMs = bench.elapsedMs;
    bench.watch(10 * MINUTE, (id) => (id === "gw" || id === "b" ? "fail" : "ok"));
    const told = firing(bench);
    expect(told).toEqual([expect.stringMatching(/ b$/)]);
    expect(Number.parseFloat(told[0] ?? "") * SECOND - diedAtMs).toBeLessThanOrEqual(90 * SECOND);
  });

  it("lets a network that is gone be told once", () => {
    const bench = benchOf(rules);
    bench.watch(MINUTE, () => "ok");
    bench.watch(HOUR, (id) => (id === "gw" ? "fail" : "ok"));
    bench.notified();
    bench.watch(10 * MINUTE, (id) => (id === "near" ? "ok" : "fail"));
    expect(firing(bench)).toEqual([expect.stringMatching(/ Monitoring$/)]);
  });
});

describe.each([
  ["with the rules nobody configured", {}],
  ["told at once", AT_ONCE],
])("a network that is gone, %s", (_which, rules) => {
  it("is one message, whatever answers on this machine, and is over with the first answer", () => {
    const bench = benchOf(rules);
    bench.watch(MINUTE, () => "ok");
    bench.watch(HOUR, (id) => (id === "near" ? "ok" : "fail"));
    expect(firing(bench)).toEqual([expect.stringMatching(/ Monitoring$/)]);
    expect(bench.alert("#isolated").message).toMatch(/its connectivity targets fail too, 5 services look down$/);
    bench.watch(5 * MINUTE, (id) => (id === "gw" || id === "b" ? "fail" : "ok"));
    const [first, ...others] = bench.notified().filter((line) => line.includes(" slack "));
    expect(first).toMatch(/ resolved Monitoring$/);
    expect(others.flatMap((line) => / firing (\S+)$/.exec(line)?.[1]?.split("+") ?? line).sort()).toEqual(["b", "gw"]);
  });
});

describe("names that do not resolve", () => {
  const services = [
    { id: "n1", machine: "n1.lan" },
    { id: "n2", machine: "n2.lan" },
    { id: "ip", machine: "10.0.0.9" },
  ];
  const bench = benchOf({}, [...MACHINES.slice(0, 1), ...services]);
  const unknown = { status: "error", reason: "dns", message: "The name is not known" } as const;
  const sweepFor = (forMs: number, isDead: boolean) => {
    for (let ms = 0; ms < forMs; ms += 15 * SECOND) {
      const names = ["n1", "n2"].map((id) => failing(id, bench.nowMs, unknown));
      bench.sweep([bench.check("gw", "ok"), ...names, bench.check("ip", isDead ? "fail" : "ok")]);
      bench.advance(15 * SECOND);
    }
  };

  it("are one message, which says so, and explain no outage of what has an address", () => {
    sweepFor(10 * MINUTE, false);
    expect(firing(bench)).toEqual(["30 slack firing Monitoring"]);
    expect(bench.alert("#isolated")).toMatchObject({
      reason: "dns",
      message: "Names do not resolve, so the name server is down or the monitor is cut off, 2 services look down",
    });
    expect(bench.alert("n1").decision).toBe("isolated");
    sweepFor(10 * MINUTE, true);
    expect(firing(bench)).toEqual([expect.stringMatching(/ ip$/)]);
  });
});
