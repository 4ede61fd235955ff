import { describe, expect, it } from "vitest";
import type { Severity } from "../../../shared/domain/alerting/alert.ts";
import {
  groupDispatches,
  nextGroupMs,
  type GroupingResult,
  type DispatchGroup,
  type GroupingInput,
  type Dispatch,
} from "../../../shared/domain/alerting/grouping.ts";
import { report } from "../../support/alerts.ts";
import { MINUTE, T0 } from "../../support/checks.ts";

function dispatch(id: string, more: Partial<Dispatch> & { severity?: Severity } = {}): Dispatch {
  const { severity = "critical", ...given } = more;
  const own = report({ id, service: id, name: id, severity });
  return { channel: "slack", as: severity, type: "alert.firing", report: own, isLate: false, ...given };
}

function ended(id: string, more: Partial<Dispatch> & { severity?: Severity } = {}): Dispatch {
  return dispatch(id, { type: "alert.resolved", ...more });
}

class Desk {
  groups: readonly DispatchGroup[] = [];
  upcoming = 0;

  at(seconds: number, dispatches: readonly Dispatch[] = [], more: Partial<GroupingInput> = {}): string[] {
    const nowMs = T0 + seconds * 1_000;
    const upcoming = (): number => this.upcoming;
    const result: GroupingResult = groupDispatches(this.groups, {
      nowMs,
      node: "n1",
      dispatches,
      upcoming,
      flush: false,
      ...more,
    });
    this.groups = result.groups;
    return result.outgoing.map(({ channel, notification: { type, alerts } }) => {
      return `${channel} ${type.replace("alert.", "")} ${alerts.map(({ id }) => id).join("+")}`;
    });
  }

  get dueSeconds(): number {
    return (nextGroupMs(this.groups) - T0) / 1_000;
  }
}

describe("messages", () => {
  it("go out at once when they are alone, and what follows within ten seconds is one more", () => {
    const desk = new Desk();
    expect(desk.at(0, [dispatch("a")])).toEqual(["slack firing a"]);
    expect(desk.dueSeconds).toBe(Infinity);
    expect(desk.at(3, [dispatch("b")])).toEqual([]);
    expect(desk.at(9, [dispatch("c")])).toEqual([]);
    expect(desk.dueSeconds).toBe(10);
    expect(desk.at(10)).toEqual(["slack firing b+c"]);
    expect(desk.at(30, [dispatch("d")])).toEqual(["slack firing d"]);
  });

  it("are apart by channel and severity, good news apart from bad", () => {
    const desk = new Desk();
    const all = [
      dispatch("a"),
      dispatch("b", { channel: "email" }),
      dispatch("c", { severity: "warning" }),
      ended("d"),
    ];
    expect(desk.at(0, all)).toEqual(["slack resolved d", "slack firing a", "email firing b", "slack firing c"]);
  });

  it("of one sweep are one", () => {
    expect(new Desk().at(0, [dispatch("a"), dispatch("b"), dispatch("c")])).toEqual(["slack firing a+b+c"]);
  });

  it("begin with the worst and have its severity and the most urgent type", () => {
    const mixed = [
      dispatch("w", { severity: "warning", as: "critical", type: "alert.escalated" }),
      dispatch("c", { type: "alert.flapping", isLate: true }),
    ];
    const { outgoing } = groupDispatches([], {
      nowMs: T0,
      node: "n1",
      dispatches: mixed,
      upcoming: () => 0,
      flush: false,
    });
    expect(outgoing[0]?.notification).toMatchObject({ type: "alert.escalated", severity: "critical", isLate: true });
    expect(outgoing[0]?.notification.alerts.map(({ id }) => id)).toEqual(["c", "w"]);
    expect(outgoing[0]?.notification.id).toMatch(/^[A-Za-z0-9_-]{1,120}$/);
  });

  it("do not wait where nobody will look again", () => {
    const desk = new Desk();
    desk.at(0, [dispatch("a")]);
    desk.at(1, [dispatch("b")]);
    expect(desk.at(2, [dispatch("c")], { flush: true })).toEqual(["slack firing b+c"]);
    expect(desk.groups).toEqual([]);
  });
});

describe("one alert", () => {
  it("is told to have begun before it is told to be over", () => {
    const desk = new Desk();
    desk.at(0, [dispatch("a")]);
    desk.at(1, [dispatch("b")]);
    expect(desk.at(2, [ended("b")])).toEqual(["slack firing b", "slack resolved b"]);
    expect(desk.at(20)).toEqual([]);
  });

  it("is known by its id when its service has lost its name meanwhile", () => {
    const desk = new Desk();
    desk.at(0, [dispatch("x")]);
    desk.at(1, [dispatch("a")]);
    const end = ended("a");
    const renamed = { ...end, report: { ...end.report, name: "another" } };
    expect(desk.at(2, [renamed])).toEqual(["slack firing a", "slack resolved a"]);
  });

  it("is told to be over before its next beginning", () => {
    const desk = new Desk();
    desk.at(0, [ended("x")]);
    const [end, begin] = [ended("a"), dispatch("a")];
    desk.at(1, [end]);
    const next = { ...begin, report: { ...begin.report, id: "a-2" } };
    expect(desk.at(2, [next])).toEqual(["slack resolved a", "slack firing a-2"]);
  });

  it("that waits and becomes worse is told once, as it is now", () => {
    const desk = new Desk();
    desk.at(0, [dispatch("x", { severity: "warning" })]);
    desk.at(1, [dispatch("a", { severity: "warning" }), dispatch("b", { severity: "warning" })]);
    expect(desk.at(2, [dispatch("a")])).toEqual(["slack firing a"]);
    expect(desk.at(20)).toEqual(["slack firing b"]);
  });

  it("that escalates while it waits is told once, as it was last", () => {
    const desk = new Desk();
    desk.at(0, [dispatch("x")]);
    desk.at(1, [dispatch("a")]);
    const later = dispatch("a", { type: "alert.escalated" });
    desk.at(2, [{ ...later, report: { ...later.report, level: 2 } }]);
    expect(desk.at(10)).toEqual(["slack firing a"]);
  });
});

describe("a storm", () => {
  it("holds the second message while more is about to come, a minute and a half at most", () => {
    const desk = new Desk();
    desk.upcoming = 50;
    desk.at(0, [dispatch("a")]);
    desk.at(5, [dispatch("b")]);
    const sent = [10, 20, 30, 40, 50, 60, 70, 80, 89].flatMap((second) => desk.at(second));
    expect(sent).toEqual([]);
    expect(desk.dueSeconds).toBe(90);
    expect(desk.at(90)).toEqual(["slack firing b"]);
  });

  it("waits for the last one of many", () => {
    const desk = new Desk();
    desk.upcoming = 9;
    desk.at(0, [dispatch("a")]);
    desk.at(5, [dispatch("b"), dispatch("c")]);
    desk.upcoming = 1;
    expect(desk.at(10)).toEqual([]);
    desk.upcoming = 0;
    expect(desk.at(15, [dispatch("d")])).toEqual([]);
    expect(desk.at(20)).toEqual(["slack firing b+c+d"]);
  });

  it("is not over because for ten seconds nothing came", () => {
    const desk = new Desk();
    desk.upcoming = 9;
    desk.at(0, [dispatch("a")]);
    expect(desk.at(11, [dispatch("b")])).toEqual([]);
    desk.upcoming = 0;
    expect(desk.at(21, [dispatch("c")])).toEqual(["slack firing b+c"]);
  });

  it("never holds up good news", () => {
    const desk = new Desk();
    desk.upcoming = 50;
    desk.at(0, [ended("a")]);
    desk.at(1, [ended("b")]);
    expect(desk.at(10)).toEqual(["slack resolved b"]);
    expect(desk.at(10 + MINUTE / 1_000, [ended("c")])).toEqual(["slack resolved c"]);
  });
});
