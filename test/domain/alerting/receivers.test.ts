/** Who is new hears of what is open, at once and alone; by the bench of alerting, with what was stored read again each time. */
import { describe, expect, it } from "vitest";
import type { Policies } from "../../../shared/domain/alerting/escalation.ts";
import type { Receiver } from "../../../shared/domain/alerting/heard.ts";
import type { RelatedMessage } from "../../../shared/domain/alerting/same-message.ts";
import { AlertingBench, AT_ONCE, POLICIES, SECOND, type GivenService } from "../../support/alerting-bench.ts";

const MINUTE = 60 * SECOND;
const DAY = 1_440 * MINUTE;
const A: GivenService = { id: "a", rules: AT_ONCE };

const benchOf = (...services: readonly GivenService[]) => new AlertingBench({ services, restartsAlways: true });

/** The policies with one more channel beside Slack. */
const withChat: Policies = {
  ...POLICIES,
  critical: {
    steps: POLICIES.critical.steps.map((step) => ({ ...step, channels: [...step.channels, "chat"] })),
  },
};

const CONFIGURED = ["slack", "email", "sms"].map((name) => ({ name, fingerprint: "old" }));

/** What slack was told of an alert, or the one that is named. */
const toldOf = (bench: AlertingBench, subject: string, more: Partial<RelatedMessage> = {}): RelatedMessage => ({
  id: `told of ${subject}`,
  channel: "slack",
  type: "alert.firing",
  state: "sent",
  alertIds: [bench.alert(subject).id],
  atMs: bench.nowMs,
  elsewhereAtMs: null,
  fingerprint: "old",
  failure: null,
  catchesUpOn: null,
  ...more,
});
const change = (
  bench: AlertingBench,
  receivers: readonly Receiver[],
  messages: readonly RelatedMessage[] = [toldOf(bench, "a")],
): void => {
  const alertIds = new Set(messages.flatMap((each) => each.alertIds));
  bench.run({
    kind: "receivers",
    receivers,
    alertIds,
    told: { messages, settings: new Map(), configured: new Set(receivers.map(({ name }) => name)) },
  });
  bench.sweep();
};

describe("a channel that is new while alerts are open", () => {
  it("hears of them at once and alone, once, and the next step comes when it would have", () => {
    const bench = benchOf(A);
    bench.fail("a");
    bench.advance(MINUTE);
    bench.notified();
    bench.policies = withChat;
    for (let restart = 0; restart < 3; restart += 1) bench.sweep();
    expect(bench.notified()).toEqual(["60 chat reminder a"]);
    bench.advance(4 * MINUTE);
    expect(bench.notified()).toEqual(["slack", "email", "chat"].map((channel) => `300 ${channel} escalated a`));
    bench.ok("a");
    expect(bench.notified()).toEqual(["slack", "chat", "email"].map((channel) => `300 ${channel} resolved a`));
  });

  it.each<[of: string, policies: Policies, expected: string[]]>([
    [
      "a step that is yet to come",
      {
        ...POLICIES,
        critical: { steps: [...POLICIES.critical.steps, { afterMs: 1_800 * SECOND, channels: ["chat"] }] },
      },
      [],
    ],
    ["another severity", { ...POLICIES, warning: { steps: [{ afterMs: 0, channels: ["chat"] }] } }, []],
    ["no policy, for when others fail", POLICIES, []],
    [
      "a step before that",
      { ...POLICIES, critical: { steps: [{ afterMs: 0, channels: ["chat"] }, ...POLICIES.critical.steps.slice(1)] } },
      ["60 chat reminder a"],
    ],
  ])("is told as it is named: by %s", (_of, policies, expected) => {
    const bench = benchOf(A);
    bench.fail("a");
    bench.advance(MINUTE);
    bench.notified();
    bench.policies = policies;
    bench.sweep();
    expect(bench.notified()).toEqual(expected);
  });

  it("hears of several in one message, with what was told with them", () => {
    const bench = benchOf(
      { ...A, machine: "m" },
      { id: "b", rules: AT_ONCE, machine: "m" },
      { id: "c", rules: AT_ONCE },
    );
    bench.fail("a", "b", "c");
    bench.advance(MINUTE);
    bench.notified();
    bench.policies = withChat;
    for (let restart = 0; restart < 3; restart += 1) bench.sweep();
    expect(bench.notified()).toEqual(["60 chat reminder a+b+c"]);
  });

  it.each<[how: string, begin: (bench: AlertingBench) => void]>([
    ["acknowledged", (bench) => bench.acknowledge("a")],
    ["silenced", (bench) => bench.silence(60 * MINUTE, "a")],
    ["in maintenance", (bench) => bench.maintain(60 * MINUTE, "a")],
  ])("hears of one that is %s only when that is over", (_how, begin) => {
    const bench = benchOf(A);
    bench.fail("a");
    bench.advance(MINUTE);
    begin(bench);
    bench.notified();
    bench.policies = withChat;
    bench.advance(30 * MINUTE);
    expect(bench.notified()).toEqual([]);
    for (let minutes = 0; minutes < 35; minutes += 1) {
      bench.advance(MINUTE);
      bench.fail("a");
    }
    const heard = bench.notified().filter((line) => line.includes("chat"));
    expect(heard[0]).toMatch(/^3[67]\d\d chat (reminder|escalated) a$/);
    expect(new Set(heard.map((line) => line.split(" ")[0])).size).toBe(heard.length);
  });

  it("hears nothing of what another alert explains", () => {
    const bench = benchOf(A, { id: "child", dependsOn: ["a"], rules: AT_ONCE });
    bench.fail("a");
    bench.fail("child");
    bench.advance(MINUTE);
    expect(bench.alert("child").decision).toBe("affected");
    bench.notified();
    bench.policies = withChat;
    bench.sweep();
    expect(bench.notified()).toEqual(["60 chat reminder a"]);
  });
});

describe("another receiver behind a channel", () => {
  const begin = (...services: readonly GivenService[]): AlertingBench => {
    const bench = benchOf(A, ...services);
    bench.fail("a", ...services.map(({ id }) => id));
    bench.advance(MINUTE);
    bench.notified();
    return bench;
  };
  const another = (name: string): Receiver[] => [
    { name, fingerprint: "new" },
    ...CONFIGURED.filter((each) => each.name !== "slack"),
  ];

  it.each(["slack", "slack/1x"])("hears of what was told to the one before it: %s", (name) => {
    const bench = begin();
    change(bench, another(name));
    bench.sweep();
    expect(bench.notified()).toEqual([`60 ${name} reminder a`]);
    bench.ok("a");
    expect(bench.notified()).toEqual(["60 slack resolved a"]);
  });

  it.each<[when: string, messages: (bench: AlertingBench) => RelatedMessage[]]>([
    ["a message waits for it", (bench) => [toldOf(bench, "a", { state: "pending", fingerprint: null })]],
    ["it has been told", (bench) => [toldOf(bench, "a"), toldOf(bench, "a", { fingerprint: "new" })]],
    ["nobody knows who was told", () => []],
  ])("hears nothing when %s", (_when, messages) => {
    const bench = begin();
    change(bench, another("slack"), messages(bench));
    change(bench, [...another("slack"), { name: "email/1x", fingerprint: "new" }], messages(bench));
    expect(bench.notified()).toEqual([]);
  });

  it("hears nothing of what has been open for so long that nobody knows who was told", () => {
    const bench = begin();
    bench.advance(31 * DAY);
    bench.notified();
    change(bench, another("slack"));
    expect(bench.notified()).toEqual([]);
  });

  it("hears of one that was acknowledged when that lapses, with everybody else; of its end in any case", () => {
    const bench = begin({ id: "b", rules: AT_ONCE });
    for (const id of ["a", "b"]) bench.acknowledge(id);
    bench.notified();
    change(bench, another("slack"), [toldOf(bench, "a"), toldOf(bench, "b")]);
    expect(bench.notified()).toEqual([]);
    bench.ok("b");
    expect(bench.notified()).toEqual(["60 slack resolved b"]);
    bench.advance(61 * MINUTE);
    expect(bench.notified().filter((line) => line.includes("slack"))).toEqual(["3660 slack reminder a"]);
  });

  it("that is gone again before it could be told is told nothing", () => {
    const bench = begin();
    bench.silence(5 * MINUTE, "a");
    change(bench, [...CONFIGURED, { name: "slack/1x", fingerprint: "new" }]);
    change(bench, CONFIGURED);
    bench.advance(4 * MINUTE);
    expect(bench.notified()).toEqual([]);
    bench.advance(2 * MINUTE);
    expect(bench.notified().filter((line) => line.includes("slack/1x"))).toEqual([]);
  });

  it("by another name of the channel is no other one", () => {
    const bench = begin();
    bench.policies = withChat;
    const chat = { name: "chat", fingerprint: "old" };
    bench.run({
      kind: "receivers",
      receivers: [chat],
      alertIds: new Set([bench.alert("a").id]),
      told: { messages: [toldOf(bench, "a")], settings: new Map(), configured: new Set(["chat"]) },
    });
    const { steps } = POLICIES.critical;
    bench.policies = { ...POLICIES, critical: { steps: steps.map((step) => ({ ...step, channels: ["chat"] })) } };
    bench.sweep();
    expect(bench.notified()).toEqual([]);
    bench.ok("a");
    expect(bench.notified()).toEqual(["60 chat resolved a"]);
  });
});
