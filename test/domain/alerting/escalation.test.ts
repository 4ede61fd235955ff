import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  afterStep,
  findDueStep,
  findMute,
  isLate,
  findNextStep,
  buildReminder,
  type Policy,
} from "../../../shared/domain/alerting/escalation.ts";
import { openAlert } from "../../support/alerts.ts";
import { HOUR, MINUTE, T0 } from "../../support/checks.ts";

const POLICY: Policy = {
  steps: [
    { afterMs: 0, channels: ["slack"] },
    { afterMs: 5 * MINUTE, channels: ["slack", "email"] },
    { afterMs: 15 * MINUTE, channels: ["sms"] },
  ],
};

describe("what keeps an alert quiet", () => {
  it("is the first of these that is so", () => {
    const inhibition = { kind: "affected", by: "db", endedAtMs: null } as const;
    const firing = openAlert({ isFlapping: true, isFlappingNotified: true });
    expect(findMute({ ...firing, inhibition, state: "pending" }, true)).toBe("pending");
    expect(findMute({ ...firing, inhibition, state: "acknowledged" }, true)).toBe("acknowledged");
    expect(findMute({ ...firing, inhibition }, true)).toBe("affected");
    expect(findMute(firing, true)).toBe("flapping");
    expect(findMute(openAlert(), true)).toBe("silenced");
    expect(findMute(openAlert({ isFlapping: true }), false)).toBeNull();
  });
});

describe("the next step", () => {
  it("is due its own delay after the one before was taken, however late that was", () => {
    const first = findNextStep(openAlert(), POLICY);
    expect(first).toEqual({ type: "alert.firing", dueMs: T0, channels: ["slack"], level: 1 });
    const notifiedChannels = afterStep(openAlert(), { channels: ["slack"], level: 1 }, T0 + HOUR);
    const second = findNextStep(notifiedChannels, POLICY);
    expect(second).toMatchObject({ type: "alert.escalated", dueMs: T0 + HOUR + 5 * MINUTE, level: 2 });
    const third = findNextStep(
      afterStep(notifiedChannels, { channels: ["slack", "email"], level: 2 }, T0 + 2 * HOUR),
      POLICY,
    );
    expect(third).toMatchObject({ dueMs: T0 + 2 * HOUR + 10 * MINUTE, channels: ["sms"], level: 3 });
  });

  it("is a reminder four hours after the last word when there is none left", () => {
    const notifiedChannels = openAlert({
      level: 3,
      notifiedAtMs: T0 + HOUR,
      notifiedChannels: ["slack", "email", "sms"],
    });
    expect(findNextStep(notifiedChannels, POLICY)).toMatchObject({
      type: "alert.reminder",
      dueMs: T0 + HOUR + 4 * HOUR,
      channels: ["sms"],
    });
  });

  it("is none where the policy tells nobody, and none after it was told that it comes and goes", () => {
    expect(findNextStep(openAlert(), { steps: [] })).toBeNull();
    expect(
      findNextStep(
        openAlert({ isFlapping: true, isFlappingNotified: true, notifiedChannels: ["slack"], level: 1 }),
        POLICY,
      ),
    ).toBeNull();
  });

  it("says at once to everybody who knows of it that it comes and goes", () => {
    const flapping = openAlert({
      isFlapping: true,
      level: 2,
      notifiedChannels: ["slack", "email"],
      failedAtMs: T0 + HOUR,
    });
    const expected = { type: "alert.flapping", dueMs: T0 + HOUR, channels: ["slack", "email"], level: 2 };
    expect(findNextStep(flapping, POLICY)).toEqual(expected);
    expect(findNextStep({ ...flapping, level: 0 }, POLICY)).toMatchObject({
      type: "alert.flapping",
      channels: ["slack"],
    });
  });

  it("takes steps of one instant together", () => {
    const steps = [0, 0, MINUTE, MINUTE].map((afterMs, index) => ({ afterMs, channels: ["slack", `c${index}`] }));
    expect(findNextStep(openAlert(), { steps })).toMatchObject({ channels: ["slack", "c0", "c1"], level: 2 });
    expect(findNextStep(openAlert({ level: 2 }), { steps })).toMatchObject({
      channels: ["slack", "c2", "c3"],
      level: 4,
    });
  });

  it("never comes before its delay and is never skipped, whenever somebody looks", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 * MINUTE }), { maxLength: 30 }), (waits) => {
        let alert = openAlert();
        let nowMs = T0;
        let takenMs = T0;
        const levels: number[] = [];
        for (const waitMs of waits) {
          nowMs += waitMs;
          const step = findNextStep(alert, POLICY);
          if (!step || step.dueMs > nowMs || step.type === "alert.reminder") continue;
          const [up = 0, from = 0] = [alert.level, alert.level - 1].map((index) => POLICY.steps[index]?.afterMs);
          expect(nowMs - takenMs).toBeGreaterThanOrEqual(up - from);
          levels.push(step.level);
          takenMs = nowMs;
          alert = afterStep(alert, step, nowMs);
        }
        expect(levels).toEqual([1, 2, 3].slice(0, levels.length));
      }),
    );
  });
});

describe("the step that is due", () => {
  const policies = { critical: POLICY, warning: { steps: [] }, info: { steps: [] } };
  const told = openAlert({ level: 1, decision: "notified", notifiedAtMs: T0, notifiedChannels: ["slack"] });

  it("is the next one while nothing but time keeps the alert quiet", () => {
    expect(findDueStep(told, policies)).toMatchObject({ dueMs: T0 + 5 * MINUTE, channels: ["slack", "email"] });
  });

  it.each([
    ["somebody looks after it", { state: "acknowledged", decision: "acknowledged" }],
    ["it has not fired", { state: "pending", decision: "pending" }],
    ["a silence covers it", { decision: "silenced" }],
    ["its parent is told", { decision: "affected" }],
    ["its policy tells nobody", { severity: "warning", decision: "no_channel" }],
  ] as const)("is none while %s", (_why, more) => {
    expect(findDueStep({ ...told, ...more }, policies)).toBeNull();
  });
});

describe("what was told", () => {
  it("is remembered by channel, each once", () => {
    const notifiedChannels = afterStep(
      openAlert({ notifiedChannels: ["slack"] }),
      { channels: ["slack", "email"], level: 2 },
      T0 + MINUTE,
    );
    expect(notifiedChannels).toMatchObject({
      notifiedChannels: ["slack", "email"],
      notifiedAtMs: T0 + MINUTE,
      baseMs: T0 + MINUTE,
      isFlappingNotified: false,
    });
    expect(afterStep(openAlert({ isFlapping: true }), { channels: [], level: 1 }, T0).isFlappingNotified).toBe(true);
  });

  it("is late when it was due more than a minute ago", () => {
    expect([T0 + MINUTE, T0 + MINUTE + 1].map((nowMs) => isLate(T0, nowMs))).toEqual([false, true]);
  });

  it("can be said again at once, to the same channels", () => {
    const notifiedChannels = openAlert({ notifiedChannels: ["slack", "email"], level: 2 });
    expect(buildReminder(notifiedChannels, T0 + 1)).toEqual({
      type: "alert.reminder",
      dueMs: T0 + 1,
      channels: ["slack", "email"],
      level: 2,
    });
  });
});
