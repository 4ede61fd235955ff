import { describe, expect, it } from "vitest";
import { DECISIONS, type Decision } from "../../../shared/domain/alerting/alert.ts";
import type { Evidence, PieceName } from "../../../shared/domain/explain/evidence.ts";
import { explain } from "../../../shared/domain/explain/sentences.ts";
import { HOUR, MINUTE, T0 } from "../../support/checks.ts";

const NOW_MS = T0 + HOUR;
const REDIS = { service: "redis", name: "Redis Cache", status: "error" } as const;
const AGENT = { service: "agent", name: "Agent", status: "timeout" } as const;

/** Everything at once, which never is. */
const EVERYTHING: Evidence = {
  check: {
    status: "timeout",
    reason: "deadline_response",
    message: "Request timed out",
    checkedAtMs: NOW_MS - 12_000,
    responseTimeMs: 10_000,
  },
  unchecked: { intervalMs: 30_000 },
  stale: { endedAtMs: T0 },
  since: { status: "timeout", atMs: T0 + 55 * MINUTE },
  impact: { sentence: "all semantic search disabled" },
  slow: { responseTimeMs: 2_400, slowAfterMs: 2_000 },
  deadline: { timeoutMs: 10_000, phase: "first_byte" },
  failing: { failures: 2, needed: 3, forMs: 0, sinceMs: T0, hasFired: false },
  recovering: { successes: 1, needed: 2 },
  flapping: { isQuiet: true },
  needs: [REDIS],
  machine: [AGENT],
  balancer: { service: "lb", name: "HAProxy", isItself: false, members: ["Jetson", "CPU"] },
  inhibition: { kind: "affected", name: "Redis Cache", isOver: false },
  maintenance: { untilMs: NOW_MS + HOUR, author: "kim", comment: "new disks" },
  silence: { untilMs: NOW_MS + HOUR, author: "kim", comment: "moving house" },
  acknowledgement: { by: "kim", untilMs: NOW_MS + HOUR },
  decision: { decision: "affected", sentence: DECISIONS.affected },
  certificate: { message: "The certificate ends in 5 days", decision: "notified", sentence: DECISIONS.notified },
  messages: [
    { channel: "slack", state: "sent", atMs: T0, failure: null },
    { channel: "mail", state: "failed", atMs: T0, failure: "refused" },
    { channel: "sms", state: "pending", atMs: NOW_MS - MINUTE, failure: "timeout" },
  ],
  nextStep: { dueMs: NOW_MS + 5 * MINUTE, channels: ["mail", "sms"] },
  dependents: [AGENT, { service: "web", name: "Web", status: "healthy" }],
  cluster: { overall: "degraded", otherwise: "healthy" },
  past: { outages: 3, downMs: 20 * MINUTE, medianMs: 4 * MINUTE },
  nextCheck: { atMs: NOW_MS + 5_000 },
};

const PIECES = Object.keys(EVERYTHING) as PieceName[];
const said = (evidence: Evidence): string[] => explain(evidence, NOW_MS).map(({ text }) => text);
const only = (name: PieceName, piece: unknown = EVERYTHING[name]): string[] => {
  const nothing = Object.fromEntries(PIECES.map((each) => [each, null]));
  return said({ ...nothing, [name]: piece } as unknown as Evidence);
};

describe("an explanation", () => {
  it("is what somebody can read at three in the morning", () => {
    expect(said(EVERYTHING)).toEqual([
      "The check of 12 s ago found it timeout: Request timed out (deadline_response).",
      "It has not been checked yet; it is looked at every 30 s.",
      "That check is too old: nothing is known since 2026-03-10 10:00 UTC. The monitor did not look, or could not.",
      "It has been timeout for 5 min, since 2026-03-10 10:55 UTC.",
      "While it is down: all semantic search disabled.",
      "It answered in 2.4 s; beyond 2 s (slow_after) it is degraded.",
      "Its deadline of 10 s (timeout) ended the check while it waited in the phase first_byte.",
      "2 checks in a row failed; its alert fires after 3 (failures), 1 more failure from now.",
      "1 healthy check in a row; its alert ends after 2 (successes).",
      "It comes and goes, which counts as flapping: nothing more is told until it settles.",
      "It needs Redis Cache (error): most likely it fails because of that.",
      "It shares its machine with Agent (timeout): most likely the machine itself is down.",
      "What HAProxy balances is well when asked directly (Jetson, CPU): most likely the balancer is at fault.",
      "Redis Cache fails, and this service needs it: the alert about that stands for this one.",
      "A maintenance window covers it until 2026-03-10 12:00 UTC, by kim: new disks.",
      "A silence covers its alerts until 2026-03-10 12:00 UTC, by kim: moving house.",
      "kim looks after it; nobody else is asked before 2026-03-10 12:00 UTC.",
      "About telling people (affected): A service that it depends on fails; the alert about that stands for this one.",
      "The certificate ends in 5 days, which has an alert of its own.",
      "About telling people of the certificate (notified): It was decided to tell everybody who is to know by now.",
      "slack took the message of 2026-03-10 10:00 UTC.",
      "mail did not take the message of 2026-03-10 10:00 UTC (refused).",
      "The message for sms has waited for 1 min (timeout).",
      "Next mail, sms are told, in 5 min, if it still fails.",
      "Agent and Web need it; down with it: Agent.",
      "Because of it the cluster is degraded; otherwise it would be healthy.",
      "In the last seven days it was down 3 times, 20 min in all; half of those whose end was seen lasted 4 min or less.",
      "It is looked at again in 5 s.",
    ]);
  });

  it("tells beside a sentence what of it counts on, from or to which instant", () => {
    const counted = explain(EVERYTHING, NOW_MS).flatMap(({ evidence, text, running }) =>
      running.map((each) => [evidence, each.kind, each.atMs - NOW_MS, each.text, text.includes(each.text)]),
    );
    expect(counted).toEqual([
      ["check", "ago", -12_000, "12 s ago", true],
      ["since", "for", -5 * MINUTE, "for 5 min", true],
      ["messages", "for", -MINUTE, "for 1 min", true],
      ["nextStep", "in", 5 * MINUTE, "in 5 min", true],
      ["nextCheck", "in", 5_000, "in 5 s", true],
    ]);
  });

  it("says nothing of now that does not count on", () => {
    const later = explain(EVERYTHING, NOW_MS + 3_000);
    const changed = explain(EVERYTHING, NOW_MS).filter(({ text }, index) => text !== later[index]?.text);
    expect(changed.map(({ running }) => running.length)).not.toContain(0);
    expect(changed.length).toBeGreaterThan(0);
  });

  it.each(PIECES)("says nothing of %s without it, and everything else all the same", (piece) => {
    const without = explain({ ...EVERYTHING, [piece]: null }, NOW_MS);
    expect(without).toEqual(explain(EVERYTHING, NOW_MS).filter(({ evidence }) => evidence !== piece));
    expect(without.length).toBeLessThan(said(EVERYTHING).length);
    expect(only(piece).length).toBeGreaterThan(0);
  });

  it("says that somebody has been told, or not, by what became of the messages alone", () => {
    const pieces = PIECES.filter((piece) => piece !== "messages" && piece !== "decision").map((piece) => only(piece));
    const decisions = Object.entries(DECISIONS).map(([decision, sentence]) => only("decision", { decision, sentence }));
    const flapping = [true, false].map((isQuiet) => only("flapping", { isQuiet }));
    const behind = (
      ["maintenance", "isolated", "affected", "joined", "starting"] as const satisfies Decision[]
    ).flatMap((kind) => [true, false].map((isOver) => only("inhibition", { kind, name: "Redis Cache", isOver })));
    const claims = [...pieces, ...decisions, ...flapping, ...behind].flat();
    expect(
      claims.filter((text) =>
        /\b(was|were|been) (told|sent|notified)|told (instead|once|together)|\btook\b/.test(text),
      ),
    ).toEqual([]);
  });

  it.each<[PieceName, unknown, string]>([
    ["flapping", { isQuiet: false }, "It comes and goes, which counts as flapping."],
    [
      "check",
      { ...EVERYTHING.check, status: "healthy", reason: null, message: null, responseTimeMs: 23.4 },
      "The check of 12 s ago found it healthy, in 23 ms.",
    ],
    [
      "check",
      { ...EVERYTHING.check, status: "maintenance", reason: null, message: null },
      "It was checked 12 s ago; it is in maintenance, so that counts for nothing.",
    ],
    [
      "failing",
      { failures: 5, needed: 3, forMs: 0, sinceMs: T0, hasFired: true },
      "5 checks in a row failed; its alert fires after 3 (failures).",
    ],
    [
      "failing",
      { failures: 5, needed: 3, forMs: 2 * HOUR, sinceMs: T0, hasFired: false },
      "5 checks in a row failed; its alert fires when that has lasted for 2 h (for), in 1 h.",
    ],
    ["deadline", { timeoutMs: 800, phase: null }, "Its deadline of 800 ms (timeout) ended the check."],
    [
      "inhibition",
      { kind: "isolated", name: "#isolated", isOver: true },
      "The monitor itself is cut off from the network: the alert about that stands for this one; that is over, and the next failing check counts by itself.",
    ],
    [
      "balancer",
      { ...EVERYTHING.balancer, isItself: true },
      "What it balances is well when asked directly (Jetson, CPU): the fault is its own, or on the way from it to them.",
    ],
    [
      "machine",
      [AGENT, { ...REDIS, status: "healthy" }],
      "It shares its machine with Agent (timeout) and Redis Cache (healthy).",
    ],
    [
      "dependents",
      Array.from({ length: 7 }, () => ({ ...AGENT, status: "healthy" })),
      "Agent, Agent, Agent, Agent and 3 more need it.",
    ],
    [
      "cluster",
      { overall: "degraded", otherwise: "degraded" },
      "The cluster is degraded, with this service or without it.",
    ],
    ["past", { outages: 1, downMs: MINUTE, medianMs: MINUTE }, "In the last seven days it was down once, for 1 min."],
    [
      "maintenance",
      { untilMs: null, author: "kim", comment: "for good" },
      "A maintenance window covers it, by kim: for good.",
    ],
    ["nextStep", { dueMs: NOW_MS - 1, channels: ["slack"] }, "Next slack is told, now, if it still fails."],
  ])("of %s %j is: %s", (name, piece, text) => {
    expect(only(name, piece)).toEqual([text]);
  });
});
