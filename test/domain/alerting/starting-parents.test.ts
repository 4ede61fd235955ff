/**
 * What fails because something that it needs is still starting: nobody is told while that has time to start, and everybody who is to know
 * afterwards.
 */
import { describe, expect, it } from "vitest";
import { remediationChannel } from "../../../shared/domain/alerting/remediation.ts";
import { AlertingBench, AT_ONCE, SECOND, type GivenService } from "../../support/alerting-bench.ts";
import { HOUR, MINUTE, T0 } from "../../support/checks.ts";

const GRACE_MS = 10 * MINUTE;

const LLAMA: GivenService = { id: "llama", startingGraceMs: GRACE_MS, rules: AT_ONCE };
const OTHERS: readonly GivenService[] = [
  { id: "lb", dependsOn: ["llama"], rules: AT_ONCE },
  { id: "chat", dependsOn: ["lb"], rules: AT_ONCE },
];

/** One that starts, and what needs it fails. */
function loading(others = OTHERS): AlertingBench {
  const bench = new AlertingBench({ services: [LLAMA, ...others] });
  bench.starting("llama");
  bench.advance(SECOND);
  bench.fail(...others.map(({ id }) => id));
  bench.starting("llama");
  bench.advance(30 * SECOND);
  return bench;
}

/** Six hours of it: `llama` is well for a moment, then starts again; what needs it fails meanwhile. */
function crashLoop(startS: number, upS: number, rules: GivenService["rules"] = {}): AlertingBench {
  const services = [
    { id: "llama", rules },
    { id: "chat", dependsOn: ["llama"] },
  ];
  const bench = new AlertingBench({ services, restartsAlways: true });
  bench.watch(6 * HOUR, (id, atMs) => {
    const isUp = atMs % ((startS + upS) * SECOND) < upS * SECOND;
    return isUp ? "ok" : id === "llama" ? "starting" : "fail";
  });
  return bench;
}

/** When anybody was first told of the alert of `id`, in s. */
function toldOfS({ sent }: AlertingBench, id: string): number {
  const first = sent.find(({ notification: { alerts } }) => alerts.some(({ service }) => service === id));
  return (first?.atMs ?? Infinity) / SECOND;
}

/** What was decided about the alerts of `chat` that began later than that. */
function decisionsAfterS({ records }: AlertingBench, atS: number): Set<string> {
  const rows = new Map(records.filter(({ subject }) => subject === "chat").map((each) => [each.id, each]));
  const late = [...rows.values()].filter(({ sinceMs }) => sinceMs > T0 + atS * SECOND);
  return new Set(late.map(({ decision }) => decision));
}

describe("what needs a service that starts again and again", () => {
  it.each([
    [180, 60],
    [240, 60],
    [240, 90],
    [300, 60],
    [300, 120],
    [300, 300],
    [500, 120],
    [540, 60],
  ])("is told of within that one's time to start and one more round: %i s, well for %i s", (startS, upS) => {
    const bench = crashLoop(startS, upS);
    const boundS = GRACE_MS / SECOND + startS + upS + 60;
    expect(toldOfS(bench, "llama")).toBeLessThan(boundS);
    expect(decisionsAfterS(bench, boundS)).toEqual(new Set(["affected"]));
    const unseen = crashLoop(startS, upS, { forMs: HOUR });
    expect(toldOfS(unseen, "chat")).toBeLessThan(boundS);
    expect(decisionsAfterS(unseen, boundS)).toEqual(new Set(["notified"]));
  });

  it("is behind the alert of that, which says so", () => {
    const { sent } = crashLoop(300, 60);
    const [{ notification } = expect.unreachable("nobody is told")] = sent;
    const [llama] = notification.alerts.filter(({ service }) => service === "llama");
    expect(llama).toMatchObject({ status: "degraded", reason: "starting" });
    expect(llama?.message).toMatch(/^Loading its model; it starts again and again since \d{4}-/);
  });

  it("is not told of when that starts twice, long apart", () => {
    const bench = new AlertingBench({ services: [{ id: "llama" }, { id: "chat", dependsOn: ["llama"] }] });
    bench.watch(3 * HOUR, (id, atMs) => {
      const isUp = atMs % (20 * MINUTE) < 11 * MINUTE;
      return isUp ? "ok" : id === "llama" ? "starting" : "fail";
    });
    expect(bench.notified()).toEqual([]);
    expect(bench.state.starts.size).toBe(1);
    bench.watch(25 * MINUTE, () => "ok");
    expect(bench.state.starts.size).toBe(0);
  });
});

describe("what needs a service that is still starting", () => {
  it("is told to nobody while that has time, nor when it is over with that", () => {
    const bench = loading();
    expect(bench.notified()).toEqual([]);
    expect(bench.alert("lb")).toMatchObject({
      state: "firing",
      decision: "starting",
      inhibition: { kind: "starting", by: "llama", endedAtMs: null },
    });
    bench.ok("llama");
    bench.advance(SECOND);
    bench.ok("lb", "chat");
    bench.advance(20 * MINUTE);
    expect(bench.notified()).toEqual([]);
    expect(bench.stateOf("chat")).toBeNull();
  });

  it("is told when that has started and a check that began afterwards fails all the same", () => {
    const bench = loading();
    bench.ok("llama");
    bench.advance(MINUTE);
    expect(bench.notified()).toEqual([]);
    bench.fail("lb");
    bench.advance(MINUTE);
    expect(bench.notified()).toEqual(["91 slack firing lb"]);
    expect(bench.alert("chat").decision).toBe("affected");
  });

  it("is told with that, once that has had its time", () => {
    const bench = loading();
    bench.fail("llama");
    bench.advance(MINUTE);
    const [{ notification } = expect.unreachable("nobody is told")] = bench.sent;
    expect(notification.alerts.map(({ service }) => service)).toEqual(["llama"]);
    expect(notification.alerts[0]?.affected).toEqual(["Service chat", "Service lb"]);
    expect(bench.alert("chat").decision).toBe("affected");
  });

  it("is told after as long as that has to start, also when that dies and starts again for ever", () => {
    const bench = loading();
    bench.advance(GRACE_MS - 31 * SECOND);
    bench.starting("llama");
    bench.fail("lb", "chat");
    expect(bench.notified()).toEqual([]);
    expect(bench.alert("lb").inhibition).toMatchObject({ kind: "starting", endedAtMs: null });
    bench.advance(SECOND);
    bench.starting("llama");
    bench.advance(SECOND);
    bench.fail("lb", "chat");
    bench.advance(MINUTE);
    expect(bench.notified()).toEqual(["602 slack firing lb"]);
    expect(bench.alert("chat").decision).toBe("affected");
  });

  it("is told when nobody looks at that any more", () => {
    const bench = loading();
    bench.failFor(24, "lb");
    expect(bench.notified()).toEqual([expect.stringMatching(/ slack firing lb$/)]);
  });

  it("is held no more once people know of it", () => {
    const bench = new AlertingBench({ services: [LLAMA, ...OTHERS] });
    bench.fail("lb");
    bench.advance(SECOND);
    bench.starting("llama");
    bench.fail("lb");
    bench.advance(5 * MINUTE);
    expect(bench.notified()).toEqual(["0 slack firing lb", "300 slack escalated lb", "300 email escalated lb"]);
  });

  it("is remedied only when it fails by itself", () => {
    const bench = loading([
      { id: "lb", dependsOn: ["llama"], rules: AT_ONCE, onFiring: { cooldownMs: 0, mostPerHour: 9 } },
    ]);
    expect(bench.sent).toEqual([]);
    bench.ok("llama");
    bench.advance(SECOND);
    bench.fail("lb");
    expect(bench.sent.map(({ channel }) => channel)).toEqual([remediationChannel("lb"), "slack"]);
  });
});
