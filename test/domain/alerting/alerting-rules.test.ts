/**
 * Who is told what, and when: the rules of alerting from the check to the notification, one after the other.
 */
import { describe, expect, it } from "vitest";
import { notificationTitle } from "../../../shared/domain/alerting/notification-text.ts";
import { alerted, AlertingBench, down, slow } from "../../support/lived-alerting.ts";

const S = 1_000;
const MINUTE = 60 * S;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const failingBench = (...ids: string[]): AlertingBench => {
  const bench = new AlertingBench(ids.map((id) => alerted(id)));
  for (let count = 0; count < 3; count += 1) bench.fail(...ids);
  return bench;
};

describe("an alert", () => {
  it("fires at the third failure in a row, and is pending before", () => {
    const bench = new AlertingBench([alerted("a")]);
    bench.fail("a");
    bench.fail("a");
    expect([bench.alertOf("a")?.state, bench.notified("slack")]).toEqual(["pending", []]);
    bench.fail("a");
    expect([bench.alertOf("a")?.state, bench.notified("slack")]).toEqual(["firing", ["alert.firing a"]]);
  });

  it("is forgotten when a success comes before the third failure", () => {
    const bench = new AlertingBench([alerted("a")]);
    for (let round = 0; round < 3; round += 1) {
      bench.fail("a", "a");
      for (let count = 0; count < 30; count += 1) bench.ok("a");
    }
    expect([bench.alertOf("a"), bench.outgoing, bench.records]).toEqual([null, [], []]);
  });

  it("fires no sooner than `for` says", () => {
    const bench = new AlertingBench([alerted("a", { rules: { failures: 1, forMs: 5 * MINUTE } })]);
    bench.fail("a");
    for (let count = 0; count < 29; count += 1) bench.fail("a");
    expect(bench.notified("slack")).toEqual([]);
    bench.fail("a");
    expect(bench.notified("slack")).toEqual(["alert.firing a"]);
  });

  it("is resolved by the second success, at once, for everybody who was told", () => {
    const bench = failingBench("a");
    bench.pass(5 * MINUTE);
    bench.ok("a");
    expect(bench.alertOf("a")?.state).toBe("firing");
    bench.ok("a");
    expect(bench.alertOf("a")).toBeNull();
    expect(bench.notified("email")).toEqual(["alert.escalated a", "alert.resolved a"]);
    expect(bench.notified("sms")).toEqual([]);
    expect(bench.outgoing.map(({ notification }) => notificationTitle(notification)).at(-1)).toContain("resolved");
    expect(bench.records.at(-1)).toMatchObject({
      state: "resolved",
      endReason: "recovered",
      notifiedChannels: ["slack", "email"],
    });
  });

  it("is updated by another error text and tells nobody again", () => {
    const bench = failingBench("a");
    bench.pass(10 * S);
    bench.sweep([down("a", bench.nowMs, { message: "Connection reset", reason: "reset" })]);
    expect([bench.alertOf("a")?.message, bench.notified("slack").length]).toEqual(["Connection reset", 1]);
    expect(bench.records.at(-1)).toMatchObject({ message: "Connection reset" });
    const rows = bench.records.length;
    bench.sweep([down("a", bench.nowMs, { message: "Connection reset", reason: "reset" })]);
    expect(bench.records).toHaveLength(rows);
  });

  it("of a slow service is a warning, also of a critical one, and becomes critical when that is down for long enough", () => {
    const bench = new AlertingBench([alerted("a")]);
    for (let count = 0; count < 3; count += 1) {
      bench.pass(10 * S);
      bench.sweep([slow("a", bench.nowMs)]);
    }
    expect([bench.alertOf("a")?.severity, bench.notified("slack")]).toEqual(["warning", []]);
    bench.fail("a");
    bench.fail("a");
    expect(bench.alertOf("a")?.severity).toBe("warning");
    bench.fail("a");
    expect([bench.alertOf("a")?.severity, bench.notified("slack")]).toEqual(["critical", ["alert.firing a"]]);
    bench.pass(10 * S);
    bench.sweep([slow("a", bench.nowMs)]);
    expect(bench.alertOf("a")?.severity).toBe("critical");
  });

  it("of a service that is not configured any more is resolved with that reason", () => {
    const bench = failingBench("a", "b");
    bench.services = bench.services.filter(({ id }) => id !== "a");
    bench.sweep();
    expect(bench.notified("slack").at(-1)).toBe("alert.resolved a");
    expect(bench.records.at(-1)).toMatchObject({ subject: "a", endReason: "removed" });
  });
});

describe("escalation", () => {
  it("of a critical alert follows the seed: Slack at once, mail after 5 min, SMS after 15", () => {
    const bench = failingBench("a");
    bench.pass(300 * S - 1);
    expect(bench.notified("email")).toEqual([]);
    bench.pass(1);
    expect([bench.notified("slack"), bench.notified("email")]).toEqual([
      ["alert.firing a", "alert.escalated a"],
      ["alert.escalated a"],
    ]);
    bench.pass(600 * S - 1);
    expect(bench.notified("sms")).toEqual([]);
    bench.pass(1);
    expect(bench.notified("sms")).toEqual(["alert.escalated a"]);
  });

  it("of a warning begins after 15 min", () => {
    const bench = new AlertingBench([alerted("a", { critical: false })]);
    for (let count = 0; count < 3; count += 1) bench.fail("a");
    bench.pass(900 * S - 1);
    expect(bench.outgoing).toEqual([]);
    bench.pass(1);
    expect([bench.notified("email"), bench.notified("slack"), bench.notified("sms")]).toEqual([
      ["alert.firing a"],
      ["alert.firing a"],
      [],
    ]);
  });

  it("skips no step and shortens none when we were away, and says that it is late", () => {
    const bench = failingBench("a");
    bench.nowMs += HOUR;
    bench.sweep();
    expect(bench.outgoing.at(-1)?.notification).toMatchObject({ type: "alert.escalated", isLate: true });
    expect(bench.notified("sms")).toEqual([]);
    bench.pass(600 * S - 1);
    expect(bench.notified("sms")).toEqual([]);
    bench.pass(1);
    expect(bench.notified("sms")).toEqual(["alert.escalated a"]);
  });

  it("reminds every four hours once its steps are taken", () => {
    const bench = failingBench("a");
    bench.pass(900 * S);
    const before = bench.notified("sms").length;
    bench.pass(4 * HOUR - 1);
    expect(bench.notified("sms")).toHaveLength(before);
    bench.pass(1);
    expect(bench.notified("sms").slice(before)).toEqual(["alert.reminder a"]);
    bench.pass(4 * HOUR);
    expect(bench.notified("sms").slice(before)).toEqual(["alert.reminder a", "alert.reminder a"]);
  });

  const acknowledge = (bench: AlertingBench, subject: string): void => {
    const alertId = bench.alertOf(subject)?.id ?? "";
    bench.command({ kind: "acknowledge", alertId, by: "kim", comment: null });
  };

  it("stops when somebody acknowledges, and goes on an hour later with the step that was next", () => {
    const bench = failingBench("a");
    acknowledge(bench, "a");
    expect(bench.alertOf("a")).toMatchObject({
      state: "acknowledged",
      acknowledgedBy: "kim",
      decision: "acknowledged",
    });
    expect(bench.records.at(-1)).toMatchObject({ state: "acknowledged", acknowledgedBy: "kim" });
    bench.pass(HOUR - 1);
    expect(bench.notified("email")).toEqual([]);
    bench.pass(1);
    expect(bench.alertOf("a")).toMatchObject({ state: "firing", acknowledgedBy: null });
    bench.pass(300 * S);
    expect(bench.notified("email")).toEqual(["alert.escalated a"]);
  });

  it("tells of the end of an acknowledged alert", () => {
    const bench = failingBench("a");
    acknowledge(bench, "a");
    bench.ok("a");
    bench.ok("a");
    expect(bench.notified("slack")).toEqual(["alert.firing a", "alert.resolved a"]);
  });

  it("does not notice that the clock is set", () => {
    for (const stepMs of [DAY, -DAY]) {
      const bench = failingBench("a");
      bench.pass(200 * S);
      bench.nowMs += stepMs;
      bench.sweep([], { clockStepMs: stepMs });
      bench.pass(100 * S - 1);
      expect(bench.notified("email")).toEqual([]);
      bench.pass(1);
      expect(bench.notified("email")).toEqual(["alert.escalated a"]);
    }
  });
});

describe("a remediation", () => {
  const responses = (bench: AlertingBench): string[] => bench.notified("on_firing:a");
  const outage = (bench: AlertingBench): void => {
    for (let count = 0; count < 3; count += 1) bench.fail("a");
    for (let count = 0; count < 22; count += 1) bench.ok("a");
  };

  it("begins once when the alert fires, and its result becomes action_taken", () => {
    const bench = new AlertingBench([alerted("a", { onFiring: { cooldownMs: 0, mostPerHour: 9 } })]);
    for (let count = 0; count < 5; count += 1) bench.fail("a");
    expect(responses(bench)).toEqual(["alert.firing a"]);
    expect(bench.alertOf("a")?.actionTaken).toBe("monitoring increased frequency; remediation started");
    const alertId = bench.alertOf("a")?.id ?? "";
    bench.command({ kind: "remediated", alertId, service: "a", result: "command restart ended with 0" });
    expect(bench.alertOf("a")?.actionTaken).toBe("monitoring increased frequency; command restart ended with 0");
    bench.pass(300 * S);
    expect(bench.outgoing.at(-1)?.notification.alerts[0]?.actionTaken).toContain("ended with 0");
  });

  it("comes as often in an hour as is allowed, and not within the cooldown", () => {
    const bench = new AlertingBench([alerted("a", { onFiring: { cooldownMs: 0, mostPerHour: 2 } })]);
    for (let count = 0; count < 4; count += 1) outage(bench);
    expect(responses(bench)).toHaveLength(2);
    const careful = new AlertingBench([alerted("a", { onFiring: { cooldownMs: DAY, mostPerHour: 9 } })]);
    for (let count = 0; count < 4; count += 1) outage(careful);
    expect(responses(careful)).toHaveLength(1);
  });

  it("does not come for what another service explains", () => {
    const onFiring = { cooldownMs: 0, mostPerHour: 9 };
    const bench = new AlertingBench([alerted("router"), alerted("a", { onFiring, dependsOn: ["router"] })]);
    for (let count = 0; count < 3; count += 1) bench.fail("router", "a");
    expect(responses(bench)).toEqual([]);
  });
});
