/**
 * What fails because something that it needs is still starting: nobody is told while that has time to start, and everybody who is to know
 * afterwards.
 */
import { describe, expect, it } from "vitest";
import { remediationChannel } from "../../../shared/domain/alerting/remediation.ts";
import { AlertingBench, AT_ONCE, SECOND, type GivenService } from "../../support/alerting-bench.ts";
import { MINUTE } from "../../support/checks.ts";

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
