import { describe, expect, it } from "vitest";
import { AlertingBench, AT_ONCE, POLICIES, SECOND, type GivenService } from "../../support/alerting-bench.ts";
import { HOUR, MINUTE } from "../../support/checks.ts";

describe("a critical service that fails", () => {
  it("is told at the third failing check, and up the policy until it is over", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.failFor(3, "a");
    expect(bench.notified()).toEqual(["60 slack firing a"]);
    bench.advance(20 * MINUTE);
    expect(bench.notified()).toEqual([
      "360 slack escalated a",
      "360 email escalated a",
      "960 slack escalated a",
      "960 email escalated a",
      "960 sms escalated a",
    ]);
    bench.okFor(2, "a");
    expect(bench.notified()).toEqual(["1290 slack resolved a", "1290 email resolved a", "1290 sms resolved a"]);
  });

  it("is told nobody when it fails twice only", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.failFor(2, "a");
    bench.ok("a");
    bench.advance(HOUR);
    expect(bench.notified()).toEqual([]);
    expect(bench.records).toEqual([]);
  });

  it("is reminded of every four hours", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.failFor(3, "a");
    bench.advance(9 * HOUR);
    expect(bench.notified().filter((line) => line.includes("slack reminder"))).toEqual([
      "15360 slack reminder a",
      "29760 slack reminder a",
    ]);
  });

  it("does not tell again when only the text of the error changes", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.failFor(3, "a");
    bench.notified();
    bench.sweep([bench.check("a", "fail", { status: "error", reason: "refused", message: "Connection refused" })]);
    expect(bench.notified()).toEqual([]);
    expect(bench.records.at(-1)).toMatchObject({ message: "Connection refused", state: "firing" });
  });
});

describe("slow answers", () => {
  it("are a warning, whatever the service, and become critical when it is down as often as it takes to fire", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    for (let count = 0; count < 3; count += 1) bench.slow("a");
    expect(bench.alert("a")).toMatchObject({ severity: "warning", state: "firing" });
    bench.failFor(2, "a");
    bench.slow("a");
    bench.fail("a");
    expect(bench.alert("a").severity).toBe("warning");
    bench.failFor(2, "a");
    expect(bench.alert("a").severity).toBe("critical");
    expect(bench.notified()).toEqual(["60 slack firing a"]);
  });

  it("do not lower a critical alert", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.failFor(3, "a");
    for (let count = 0; count < 9; count += 1) bench.slow("a");
    expect(bench.alert("a").severity).toBe("critical");
  });
});

describe("an acknowledgement", () => {
  it("stops the policy, and the next step comes with its whole delay when it lapses after an hour", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.failFor(3, "a");
    bench.advance(MINUTE);
    bench.acknowledge("a");
    bench.notified();
    bench.advance(65 * MINUTE);
    expect(bench.stateOf("a")).toBe("firing");
    expect(bench.notified()).toEqual(["4020 slack escalated a", "4020 email escalated a"]);
  });

  it("ends with a reminder at once when the policy has no step left", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.failFor(3, "a");
    bench.advance(16 * MINUTE);
    bench.acknowledge("a");
    bench.notified();
    bench.advance(HOUR);
    const lapsed = 60 + 16 * 60 + 3_600;
    expect(bench.sent[0]?.notification.isLate).toBe(false);
    expect(bench.notified()).toEqual(["slack", "email", "sms"].map((channel) => `${lapsed} ${channel} reminder a`));
  });

  it("is not taken away when what came and went fails all the time", () => {
    const bench = new AlertingBench({ services: [{ id: "a", rules: AT_ONCE }] });
    for (let count = 0; count < 3; count += 1) {
      bench.ok("a");
      bench.fail("a");
      bench.advance(30 * SECOND);
    }
    expect(bench.alert("a").isFlapping).toBe(true);
    bench.acknowledge("a");
    bench.notified();
    bench.failFor(25, "a");
    expect(bench.alert("a")).toMatchObject({ state: "acknowledged", isFlapping: false });
    expect(bench.notified()).toEqual([]);
  });
});

describe("a silence", () => {
  it("keeps quiet, and at its end tells once what began in it", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.silence(HOUR);
    bench.failFor(3, "a");
    bench.advance(30 * MINUTE);
    expect(bench.alert("a").decision).toBe("silenced");
    expect(bench.notified()).toEqual([]);
    bench.advance(30 * MINUTE);
    expect(bench.sent.every(({ notification }) => !notification.isLate)).toBe(true);
    expect(bench.notified()).toEqual(["3600 slack firing a"]);
  });

  it("reminds once at its end of what was told before it and fails still", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.failFor(3, "a");
    bench.advance(16 * MINUTE);
    bench.notified();
    bench.silence(HOUR, "a");
    bench.advance(2 * HOUR);
    expect(bench.notified()).toEqual(["slack", "email", "sms"].map((channel) => `4620 ${channel} reminder a`));
  });
});

describe("a maintenance window", () => {
  it("reminds once of what was told before it and fails in a check after its end, then goes on", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.failFor(3, "a");
    bench.notified();
    bench.maintain(HOUR, "a");
    bench.failFor(3, "a");
    expect(bench.alert("a").decision).toBe("maintenance");
    bench.advance(HOUR);
    expect(bench.notified()).toEqual([]);
    bench.fail("a");
    bench.fail("a");
    expect(bench.notified()).toEqual(["3720 slack reminder a"]);
    expect(bench.alert("a").decision).toBe("notified");
    bench.advance(5 * MINUTE);
    expect(bench.notified()).toEqual(["4020 slack escalated a", "4020 email escalated a"]);
  });

  it.each<[what: string, services: GivenService[], ids: string[], reminders: string[]]>([
    ["of several in one message", [{ id: "a" }, { id: "b" }], ["a", "b"], ["slack reminder a+b"]],
    [
      "of what needs it in the message about it",
      [{ id: "a" }, { id: "b", dependsOn: ["a"] }],
      ["a", "b"],
      ["slack reminder a"],
    ],
    ["of what somebody looks after not at all", [{ id: "a" }], ["a"], []],
  ])("reminds %s", (...[, services, ids, reminders]) => {
    const bench = new AlertingBench({ services });
    bench.failFor(3, ...ids);
    bench.advance(10 * SECOND);
    bench.notified();
    bench.maintain(20 * MINUTE, "*");
    bench.failFor(3, ...ids);
    if (reminders.length === 0) bench.acknowledge("a");
    bench.advance(20 * MINUTE);
    bench.fail(...ids);
    bench.advance(10 * SECOND);
    expect(bench.notified().map((line) => line.replace(/^\d+ /, ""))).toEqual(reminders);
  });

  it("is followed by the end alone when the work was good", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.failFor(3, "a");
    bench.notified();
    bench.maintain(HOUR);
    bench.advance(HOUR + 10 * SECOND);
    bench.okFor(2, "a");
    expect(bench.notified()).toEqual(["3700 slack resolved a"]);
  });

  it("lets nothing fire", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.maintain(HOUR);
    bench.failFor(9, "a");
    expect(bench.stateOf("a")).toBeNull();
  });
});

describe("any order of checks of one sweep", () => {
  it("gives the same messages", () => {
    const services = [
      { id: "a", machine: "m", rules: AT_ONCE },
      { id: "b", machine: "m", rules: AT_ONCE },
      { id: "c", machine: "m" },
      { id: "d", rules: AT_ONCE, dependsOn: ["a"] },
      { id: "e", rules: AT_ONCE },
    ];
    const messages = [
      ["a", "b", "c", "d", "e"],
      ["e", "d", "c", "b", "a"],
      ["c", "b", "e", "a", "d"],
    ].map((order) => {
      const bench = new AlertingBench({ services });
      bench.fail(...order);
      bench.ok(...order);
      return bench.sent;
    });
    expect(messages[0]?.length).toBeGreaterThan(1);
    expect(messages[1]).toEqual(messages[0]);
    expect(messages[2]).toEqual(messages[0]);
  });
});

describe("an absence of us", () => {
  it("is one info, and no service's problem", () => {
    const bench = new AlertingBench({ services: [{ id: "s0" }, { id: "s1" }] });
    bench.ok("s0");
    const fromMs = bench.nowMs;
    bench.elapsedMs += HOUR;
    bench.sweep([bench.check("s0", "ok")], { absence: { fromMs, untilMs: bench.nowMs } });
    expect(bench.records).toHaveLength(1);
    expect(bench.records[0]).toMatchObject({ severity: "info", state: "resolved", endReason: "over" });
    expect(bench.notified()).toEqual([]);
  });

  it("skips no step: it is sent late, says so, and the next one keeps its distance", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.failFor(3, "a");
    bench.notified();
    bench.elapsedMs += 2 * HOUR;
    bench.restart();
    bench.sweep();
    expect(bench.sent.map(({ notification }) => notification.isLate)).toEqual([true, true]);
    expect(bench.notified()).toEqual(["7260 slack escalated a", "7260 email escalated a"]);
    bench.advance(11 * MINUTE);
    expect(bench.sent.map(({ notification }) => notification.isLate)).toEqual([false, false, false]);
    expect(bench.notified()[2]).toBe("7860 sms escalated a");
  });
});

describe("a clock that is set", () => {
  it.each([HOUR, -HOUR])("by %d ms neither hastens nor delays anything", (stepMs) => {
    const [still, stepped] = [0, stepMs].map((ms) => {
      const bench = new AlertingBench({ services: [{ id: "a", rules: { forMs: 2 * MINUTE } }] });
      bench.failFor(3, "a");
      bench.setClock(ms);
      bench.advance(30 * SECOND);
      bench.failFor(3, "a");
      bench.advance(2 * MINUTE);
      bench.setClock(ms);
      bench.sweep();
      bench.advance(HOUR);
      return bench.notified();
    });
    expect(still?.[0]).toBe("120 slack firing a");
    expect(stepped).toEqual(still);
  });
});

describe("a change of the configuration", () => {
  it("that removes a service ends its alert, and says so to everybody who knew of it", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.failFor(3, "a");
    bench.services.delete("a");
    bench.sweep();
    expect(bench.sent.at(-1)?.notification.alerts[0]).toMatchObject({ state: "resolved", endReason: "removed" });
    expect(bench.state.subjects.size).toBe(0);
  });

  it("that gives the policy two steps of one instant makes one of them", () => {
    const steps = [0, 0, 60_000].map((afterMs, index) => ({ afterMs, channels: ["slack", `c${index}`] }));
    const bench = new AlertingBench({ services: [{ id: "a" }], policies: { ...POLICIES, critical: { steps } } });
    bench.failFor(3, "a");
    expect(bench.notified()).toEqual(["slack", "c0", "c1"].map((channel) => `60 ${channel} firing a`));
    bench.advance(MINUTE);
    expect(bench.notified()).toEqual(["slack", "c2"].map((channel) => `120 ${channel} escalated a`));
  });
});

describe("a round after which nobody looks again", () => {
  it("sends everything at once", () => {
    const bench = new AlertingBench({
      services: [
        { id: "s0", rules: AT_ONCE },
        { id: "s1", rules: AT_ONCE },
      ],
    });
    bench.sweep([bench.check("s0", "fail")], { flush: true });
    bench.sweep([bench.check("s1", "fail")], { flush: true });
    expect(bench.notified()).toEqual(["0 slack firing s0", "0 slack firing s1"]);
    expect(bench.state.groups).toEqual([]);
  });
});
