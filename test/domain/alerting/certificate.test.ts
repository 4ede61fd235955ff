/** What is told of a certificate whose end comes nearer. */
import { describe, expect, it } from "vitest";
import type { Severity } from "../../../shared/domain/alerting/alert.ts";
import { certificateEvidence } from "../../../shared/domain/alerting/certificate.ts";
import { AlertingBench, type GivenService } from "../../support/alerting-bench.ts";
import { CERTIFICATE_TIMES, check, HOUR, MINUTE, T0 } from "../../support/checks.ts";

const DAY = 24 * HOUR;

function evidence(leftMs: number, more: Partial<Parameters<typeof certificateEvidence>[2]> = {}) {
  return certificateEvidence(check("a", T0), T0 + leftMs, { ...CERTIFICATE_TIMES, atMost: "critical", ...more });
}

describe("what a certificate is", () => {
  it.each<[leftMs: number, severity: Severity, message: string]>([
    [14 * DAY - 1, "warning", "The certificate ends in 13 days, on 2026-03-24 09:59 UTC"],
    [5 * DAY, "warning", "The certificate ends in 5 days, on 2026-03-15 10:00 UTC"],
    [3 * DAY, "warning", "The certificate ends in 3 days, on 2026-03-13 10:00 UTC"],
    [3 * DAY - 1, "critical", "The certificate ends in 2 days, on 2026-03-13 09:59 UTC"],
    [DAY, "critical", "The certificate ends in 1 day, on 2026-03-11 10:00 UTC"],
    [1, "critical", "The certificate ends in less than a day, on 2026-03-10 10:00 UTC"],
    [0, "critical", "The certificate has expired less than a day ago, on 2026-03-10 10:00 UTC"],
    [-40 * DAY, "critical", "The certificate has expired 40 days ago, on 2026-01-29 10:00 UTC"],
  ])("%d ms before its end is %s", (leftMs, severity, message) => {
    expect(evidence(leftMs)).toMatchObject({ verdict: "failing", severity, problem: { message } });
  });

  it("is good until then, and without an end", () => {
    expect([evidence(14 * DAY).verdict, evidence(Infinity).verdict]).toEqual(["ok", "ok"]);
  });

  it("keeps to the days of the configuration, and an expired one is bad whatever they are", () => {
    const never = { warningMs: 0, criticalMs: 0 };
    expect(evidence(1, never).verdict).toBe("ok");
    expect(evidence(0, never)).toMatchObject({ verdict: "failing", severity: "critical" });
    expect(evidence(20 * DAY, { warningMs: 30 * DAY, criticalMs: 21 * DAY }).severity).toBe("critical");
  });

  it("is never worse than the failures of its service may be", () => {
    expect(evidence(-DAY, { atMost: "warning" }).severity).toBe("warning");
    expect(evidence(DAY, { atMost: "info" }).severity).toBe("info");
  });
});

describe("a certificate that ends soon", () => {
  const benchOf = (given: Partial<GivenService> = {}) => new AlertingBench({ services: [{ id: "a", ...given }] });
  const endsMs = T0 + 20 * DAY;
  /** Healthy checks, half a day apart, from then to then before the end of its certificate. */
  const live = (bench: AlertingBench, [fromMs, toMs]: readonly [number, number], renewedMs = 0): string[] => {
    for (let leftMs = fromMs; leftMs >= toMs; leftMs -= DAY / 2) {
      bench.advance(Math.max(0, endsMs - leftMs - bench.nowMs));
      bench.sweep([bench.check("a", "ok", { details: { certificateExpiresAtMs: endsMs + renewedMs } })]);
    }
    bench.advance(20 * MINUTE);
    return bench.notified().map((line) => line.split(" ").slice(1).join(" "));
  };

  it.each([true, false])(
    "is told as a warning, then as critical, once each, and its renewal: critical %s",
    (critical) => {
      const bench = benchOf({ critical });
      expect(live(bench, [20 * DAY, 14 * DAY])).toEqual([]);
      expect(live(bench, [13.5 * DAY, 13.5 * DAY])).toEqual(["email firing a", "slack firing a"]);
      expect(bench.alert("a#certificate")).toMatchObject({ severity: "warning", decision: "notified" });
      bench.acknowledge("a#certificate");
      const raised = live(bench, [2.9 * DAY, 2.9 * DAY]).filter((line) => !line.includes("reminder"));
      expect(raised).toEqual(["slack firing a", "slack escalated a", "email escalated a", ...ALL("escalated")]);
      expect(bench.alert("a#certificate").severity).toBe("critical");
      expect(live(bench, [2.8 * DAY, 2.8 * DAY], 90 * DAY)).toEqual(ALL("resolved").toSorted());
    },
  );

  it("is a reminder once a day", () => {
    const bench = benchOf();
    live(bench, [13.5 * DAY, 13.5 * DAY]);
    const told = live(bench, [13 * DAY, 11 * DAY]).filter((line) => line.startsWith("slack"));
    expect(told).toEqual(["slack reminder a", "slack reminder a"]);
  });

  it("is still told of while its service cannot be asked, and over when it shows none any more", () => {
    const bench = benchOf();
    live(bench, [2 * DAY, 2 * DAY]);
    bench.fail("a");
    expect(bench.stateOf("a#certificate")).toBe("firing");
    bench.ok("a");
    expect(bench.stateOf("a#certificate")).toBeNull();
  });
});

function ALL(type: string): string[] {
  return ["slack", "email", "sms"].map((channel) => `${channel} ${type} a`);
}
