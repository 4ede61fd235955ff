import { describe, expect, it } from "vitest";
import { AT_REST } from "../../../shared/domain/alerting/alert-life.ts";
import { NO_ALERTING } from "../../../shared/domain/alerting/alerting-state.ts";
import { findBlindSinceMs, withBlindness } from "../../../shared/domain/alerting/isolation.ts";
import type { Transition } from "../../../shared/domain/monitoring/transition.ts";
import { openAlert } from "../../support/alerts.ts";
import { AlertingBench, SECOND } from "../../support/alerting-bench.ts";
import { check, failing, HOUR, MINUTE, T0 } from "../../support/checks.ts";

describe("the time that a monitor that is cut off was blind", () => {
  const lost = failing("a", T0 + HOUR);
  const sinceMs = (notifiedAtMs: number | null, provenAtMs?: number) => {
    const subjects = new Map([["a", { ...AT_REST, failures: 3, alert: openAlert({ notifiedAtMs }) }]]);
    return findBlindSinceMs(lost, { ...NO_ALERTING, subjects, ...(provenAtMs !== undefined && { provenAtMs }) }) - T0;
  };

  it("began when the network was last proven to be there, or somebody was told, and ten minutes before at most", () => {
    expect(sinceMs(null)).toBe(50 * MINUTE);
    expect(sinceMs(T0 + MINUTE, T0 + 2 * MINUTE)).toBe(50 * MINUTE);
    expect(sinceMs(T0 + 52 * MINUTE)).toBe(52 * MINUTE);
    expect(sinceMs(T0 + 52 * MINUTE, T0 + 55 * MINUTE)).toBe(55 * MINUTE);
  });

  it("is said by the transition that tells that it is", () => {
    const to = (serviceId: string, atMs: number, more: Partial<Transition>): Transition => {
      return { serviceId, atMs, from: "timeout", to: "unknown", reason: "isolated", message: null, ...more };
    };
    const list = [
      to("a", lost.checkedAtMs, {}),
      to("b", lost.checkedAtMs, {}),
      to("a", lost.checkedAtMs, { reason: "stale" }),
    ];
    const said = withBlindness(list, new Map([[lost, T0]]));
    expect(said.map(({ blindSinceMs }) => blindSinceMs)).toEqual([T0, undefined, undefined]);
  });
});

describe("the last proof that the network is there", () => {
  const services = [{ id: "gw" }, { id: "near" }, { id: "lan", machine: "10.0.0.5" }];
  const benchOf = () => new AlertingBench({ services, connectivityTargets: ["gw"] });

  it("is what a target or another machine answered while anything is wrong; what runs here proves nothing", () => {
    const bench = benchOf();
    bench.ok("gw", "lan");
    expect(bench.state.provenAtMs).toBeUndefined();
    bench.fail("near");
    expect(bench.state.provenAtMs).toBeUndefined();
    bench.advance(SECOND);
    bench.ok("gw");
    expect(bench.state.provenAtMs).toBe(T0 + SECOND);
    bench.advance(SECOND);
    bench.sweep([check("lan", bench.nowMs, { status: "error", reason: "refused" })]);
    expect(bench.state.provenAtMs).toBe(T0 + 2 * SECOND);
    bench.advance(SECOND);
    bench.sweep([bench.check("gw", "fail"), bench.check("near", "ok")]);
    bench.restart();
    expect(bench.state.provenAtMs).toBe(T0 + 2 * SECOND);
    bench.setClock(-HOUR);
    bench.sweep();
    expect(bench.state.provenAtMs).toBe(bench.nowMs);
  });
});
