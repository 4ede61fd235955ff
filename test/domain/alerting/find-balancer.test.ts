/** When a balancer is named as the one at fault, and when that would be a guess. */
import { describe, expect, it } from "vitest";
import { findBalancer } from "../../../shared/domain/alerting/find-balancer.ts";
import { findRootCause } from "../../../shared/domain/explain/root-cause.ts";
import type { Evidence } from "../../../shared/domain/explain/evidence.ts";
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import { check, MINUTE, T0 } from "../../support/checks.ts";
import { AlertingBench } from "../../support/alerting-bench.ts";
import { fakeService } from "../../support/fake-service.ts";

const SERVICES = [
  fakeService("jetson", { name: "Jetson" }),
  fakeService("cpu", { name: "CPU" }),
  fakeService("lb", { name: "HAProxy", checkType: "haproxy", dependsOn: ["jetson", "cpu"], machine: "192.0.2.9" }),
  fakeService("models", { dependsOn: ["lb"], machine: "192.0.2.9" }),
  fakeService("agent", { dependsOn: ["lb"], machine: "192.0.2.5" }),
  fakeService("alone", { checkType: "haproxy" }),
];
const services = new Map(SERVICES.map((service) => [service.id, service]));

const UNSERVED: Partial<Check> = { status: "unhealthy", reason: "assertion" };
const DOWN: Partial<Check> = { status: "error", reason: "refused", statusCode: null };

/** Everything else is healthy, and was looked at a minute after what fails began to. */
function find(id: string, found: Readonly<Record<string, Partial<Check>>>): Evidence["balancer"] {
  const checks = new Map(SERVICES.map((each) => [each.id, check(each.id, T0 + MINUTE, found[each.id])]));
  const service = services.get(id) ?? expect.unreachable(id);
  const statusOf = (each: string) => checks.get(each)?.status ?? "unknown";
  return findBalancer({ service, services, checks, sinceMs: T0, statusOf });
}

describe("a balancer", () => {
  const itself = { service: "lb", name: "HAProxy", isItself: true, members: ["Jetson", "CPU"] };

  it.each<[string, Partial<Check>]>([
    ["has a backend that nobody serves", UNSERVED],
    ["calls a server down", { status: "degraded", reason: "partly_down" }],
    ["does not answer", DOWN],
  ])("is at fault when it %s, and all that it balances answers", (_why, found) => {
    expect(find("lb", { lb: found })).toEqual(itself);
    expect(find("lb", { lb: found, jetson: { status: "degraded", reason: "slow" } })).toEqual(itself);
  });

  it("is not when one of these is down as well, or was not looked at since, or nobody said what they are", () => {
    expect(find("lb", { lb: UNSERVED, cpu: DOWN })).toBeNull();
    expect(find("lb", { lb: UNSERVED, cpu: { status: "unknown" } })).toBeNull();
    expect(find("lb", { lb: UNSERVED, cpu: { status: "maintenance" } })).toBeNull();
    expect(find("lb", { lb: UNSERVED, cpu: { checkedAtMs: T0 - 1 } })).toBeNull();
    expect(find("alone", { alone: UNSERVED })).toBeNull();
  });

  it("is not when it is well, late, or refuses us", () => {
    expect(find("lb", {})).toBeNull();
    expect(find("lb", { lb: { status: "degraded", reason: "slow" } })).toBeNull();
    expect(find("lb", { lb: { status: "unhealthy", reason: "auth" } })).toBeNull();
    expect(find("lb", { lb: { status: "unhealthy", reason: "config" } })).toBeNull();
  });

  it("is at fault for what is asked through it, also while it says that all is well", () => {
    const failed: Partial<Check> = { status: "unhealthy", reason: "http_status", statusCode: 503 };
    expect(find("models", { models: failed })).toEqual({ ...itself, isItself: false });
    expect(find("models", { models: failed, lb: UNSERVED })).toEqual({ ...itself, isItself: false });
    expect(find("models", { models: failed, jetson: DOWN })).toBeNull();
    expect(find("models", { models: { ...failed, statusCode: 404 } })).toBeNull();
    expect(find("models", {})).toBeNull();
  });

  it("is not for what needs it and is somewhere else", () => {
    expect(find("agent", { agent: { status: "unhealthy", reason: "http_status", statusCode: 503 } })).toBeNull();
  });

  it("is the root cause, unless something that is needed besides is down", () => {
    const nothing = { inhibition: null, needs: null, machine: null };
    const causeOf = (evidence: Partial<Evidence>) => findRootCause({ ...nothing, ...evidence } as Evidence, services);
    const balancer = { ...itself, isItself: false };
    const lb = { service: "lb", name: "HAProxy", status: "unhealthy" } as const;
    expect(causeOf({ balancer: itself })).toEqual({ kind: "balancer", service: "lb" });
    expect(causeOf({ balancer, needs: [lb] })).toEqual({ kind: "balancer", service: "lb" });
    const cpu = { service: "cpu", name: "CPU", status: "error" } as const;
    expect(causeOf({ balancer, needs: [cpu] })).toEqual({ kind: "dependency", service: "cpu" });
  });

  it("is named in the message, when what it balances was looked at, and not when that is what fails", () => {
    const told = (...failing: string[]) => {
      const bench = new AlertingBench({
        services: SERVICES.slice(0, 3).map(({ alertRules: _rules, ...each }) => each),
      });
      for (let count = 0; count < 4; count += 1) {
        bench.sweep(["jetson", "cpu", "lb"].map((id) => bench.check(id, failing.includes(id) ? "fail" : "ok")));
        bench.advance(30_000);
      }
      return bench.sent.flatMap(({ notification }) => notification.alerts);
    };
    expect(told("lb")[0]).toMatchObject({ service: "lb", balancer: itself });
    expect(told("lb", "cpu").map(({ service, balancer }) => [service, balancer])).toEqual([["cpu", undefined]]);
  });
});
