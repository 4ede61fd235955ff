/**
 * GET /channels: who can be told, of what, and whether that works, by the outbox, the last tests and the names of the configuration.
 * POST /channels/{name}/test: one test message at once, past the outbox; it touches no alert and does not count as a delivery.
 * Invariant: never a setting of a channel: addresses, URLs and secrets stay in the configuration.
 */
import * as z from "zod/mini";
import type { Notification } from "../../shared/domain/alerting/notification.ts";
import { channelOf } from "../../shared/domain/alerting/recipient.ts";
import { SEVERITIES } from "../../shared/domain/alerting/alert.ts";
import type { Policies } from "../../shared/domain/alerting/escalation.ts";
import { formatOptional, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { ChannelState } from "../../shared/ports/outbox.ts";
import { deliverOnce, timeLimit } from "../../shared/usecases/delivery/deliver-once.ts";
import { knownState } from "../../shared/usecases/delivery/channel-state.ts";
import {
  listChannelTests,
  noteTestBegun,
  noteTestEnded,
  type ChannelTest,
} from "../../shared/storage/channel-tests.ts";
import { listReceipts } from "../../shared/storage/receipts.ts";
import type { MonitorContext } from "../context.ts";
import { defineEndpoint, type ValueOf } from "../http/endpoint.ts";
import { key } from "../http/parameters.ts";
import { named, noted, nullableTimestamp, seconds, severity, timestamp, wordSchema } from "../wire/schemas.ts";

/** Somebody waits for the outcome. */
const TEST_TIMEOUT_MS = 30_000;

/** Then nobody is left who would write it down. */
const LOST_AFTER_MS = TEST_TIMEOUT_MS + 30_000;

const outcome = z.enum(["accepted", "deferred", "refused"]);

const channelTest = named(
  "ChannelTest",
  z.object({
    started_at: timestamp,
    by: noted("The name of the token.", z.string()),
    state: wordSchema("ChannelTestState", {
      running: "It is under way.",
      ended: "The outcome says what became of it.",
      lost: "Nobody knows what became of it: the service ended meanwhile.",
    }),
    ended_at: nullableTimestamp,
    outcome: z.nullable(outcome),
    reason: z.nullable(z.string()),
    message: z.nullable(z.string()),
    receipt: noted("What the receiver calls it.", z.nullable(z.string())),
  }),
  "A message that somebody has sent to see whether it arrives.",
);

const channel = named(
  "Channel",
  z.object({
    name: z.string(),
    type: z.string(),
    state: wordSchema("ChannelState", {
      unused: "Nothing has been sent yet.",
      working: "The last attempt was good.",
      retrying: "The last attempt failed.",
      broken: "Trying again cannot help.",
    }),
    last_delivery: nullableTimestamp,
    last_failure: nullableTimestamp,
    failure: z.nullable(z.string()),
    message: z.nullable(z.string()),
    pending: noted("Messages that wait.", z.int().check(z.gte(0))),
    used_for: noted(
      "What it is told: alerts of a severity, so long after they fired. Empty: no policy names it.",
      z.array(z.object({ severity, after_s: seconds })),
    ),
    last_receipt: noted(
      "What the receiver called the last message that it took; null: it says nothing, or that is more than a month ago.",
      z.nullable(z.string()),
    ),
    last_test: noted("Null: it was never tested.", z.nullable(channelTest)),
  }),
);

export const channelsEndpoint = defineEndpoint({
  path: "/channels",
  name: "channels",
  summary: "Who can be told, whether that works, and how many messages wait.",
  effect: "read",
  response: z.object({ channels: z.array(channel) }),
  async handle(_request, context) {
    const { cluster, outbox, clock } = context;
    const [states, waiting, tests, receipts] = await Promise.all([
      outbox.channelStates(),
      outbox.listPending(),
      listChannelTests(context),
      listReceipts(context),
    ]);
    const { alerting } = cluster();
    const channels = alerting.channels.map((each): ValueOf<typeof channel> => {
      const { name, type, recipients } = each;
      const receivers = recipients?.length ? recipients : [each];
      const state = joinStates(receivers.flatMap((receiver) => knownState(receiver, states) ?? []));
      return {
        name,
        type,
        state: wordFor(state),
        last_delivery: formatOptional(state?.sentAtMs ?? null),
        last_failure: formatOptional(state?.failedAtMs ?? null),
        failure: state?.failure ?? null,
        message: state?.message ?? null,
        pending: waiting.filter((message) => channelOf(message.channel) === name).length,
        used_for: listUses(name, alerting.policies),
        last_receipt: receipts.get(name) ?? null,
        last_test: testJson(
          tests.find((test) => test.channel === name),
          clock.nowMs(),
        ),
      };
    });
    return { channels };
  },
});

/** Several recipients are as well as the worst of them; undefined when nothing was sent to any. */
function joinStates(states: readonly ChannelState[]): ChannelState | undefined {
  const badness = ({ isBroken, failures }: ChannelState): number => (isBroken ? Infinity : failures);
  const [worst] = states.toSorted((left, right) => badness(right) - badness(left) || 0);
  return worst && { ...worst, sentAtMs: latest(states, "sentAtMs"), failedAtMs: latest(states, "failedAtMs") };
}

function latest(states: readonly ChannelState[], instant: "sentAtMs" | "failedAtMs"): number | null {
  const times = states.flatMap((state) => state[instant] ?? []);
  return times.length > 0 ? Math.max(...times) : null;
}

function wordFor(state: ChannelState | undefined) {
  if (!state) return "unused";
  if (state.isBroken) return "broken";
  return state.failures > 0 ? "retrying" : "working";
}

/** Of each severity its first step that names the channel. */
function listUses(name: string, policies: Policies): ValueOf<typeof channel>["used_for"] {
  return SEVERITIES.flatMap((each) => {
    const step = policies[each].steps.find(({ channels }) => channels.includes(name));
    return step ? [{ severity: each, after_s: step.afterMs / 1_000 }] : [];
  });
}

function testJson(test: ChannelTest | undefined, nowMs: number): ValueOf<typeof channelTest> | null {
  if (!test) return null;
  const { startedAtMs, endedAtMs, actor: by, outcome: known, reason, message, receipt } = test;
  // A clock that was set back makes no test last for hours.
  const isLost = Math.abs(nowMs - startedAtMs) > LOST_AFTER_MS;
  return {
    started_at: formatTimestamp(startedAtMs),
    by,
    state: endedAtMs !== null ? "ended" : isLost ? "lost" : "running",
    ended_at: formatOptional(endedAtMs),
    outcome: known,
    reason,
    message,
    receipt,
  };
}

export const testChannelEndpoint = defineEndpoint({
  path: "/channels/{name}/test",
  name: "testChannel",
  method: "POST",
  summary: "Sends a test message to one channel and tells what became of it.",
  effect: "write",
  scope: "admin",
  pathParameters: { name: key("Name of a configured channel.") },
  response: z.object({
    channel: z.string(),
    outcome,
    reason: z.nullable(z.string()),
    message: z.nullable(z.string()),
  }),
  refusals: { not_found: "There is no channel with this name." },
  async handle(request, context) {
    const { name } = request.path;
    const { alerting, node } = context.cluster();
    const receiver = alerting.channels.find((each) => each.name === name);
    if (!receiver) throw request.refuse("not_found");
    const startedAtMs = context.clock.nowMs();
    const about = { channel: name, startedAtMs };
    await tried(noteTestBegun(context.db, { ...about, actor: request.actor }), name, context);
    const said = await deliverOnce(receiver, testMessage(node, startedAtMs), {
      ...context,
      timeoutMs: Math.min(timeLimit(receiver), TEST_TIMEOUT_MS),
    });
    const { kind, reason, message, receipt } = { reason: null, message: null, receipt: null, ...said };
    const endedAtMs = context.clock.nowMs();
    const ended = { ...about, endedAtMs, outcome: kind, reason, message, receipt };
    await tried(noteTestEnded(context.db, ended), name, context);
    const done = {
      actor: request.actor,
      action: "channel.tested",
      target: name,
      detail: { outcome: kind, reason },
    } as const;
    await tried(context.sweeper.apply({ kind: "record", entry: { atMs: endedAtMs, ...done } }), name, context);
    return { channel: name, outcome: kind, reason, message };
  },
});

/** It is sent, whether or not that can be written down. */
async function tried(
  written: Promise<unknown>,
  channelName: string,
  { log }: Pick<MonitorContext, "log">,
): Promise<void> {
  try {
    await written;
  } catch (error) {
    log.write("error", "a test was not written down", { channel: channelName, error: String(error) });
  }
}

function testMessage(node: string, nowMs: number): Notification {
  const id = `test-${crypto.randomUUID()}`;
  return { id, type: "channel.test", atMs: nowMs, node, severity: "info", alerts: [], isLate: false };
}
