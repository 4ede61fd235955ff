/**
 * GET /channels: who can be told, and whether that works, by the outbox and the names of the configuration.
 * POST /channels/{name}/test: one test message at once, past the outbox; it touches no alert and does not count as a delivery.
 * Invariant: never a setting of a channel: addresses, URLs and secrets stay in the configuration.
 */
import * as z from "zod/mini";
import type { Notification } from "../../shared/domain/alerting/notification.ts";
import { channelOf } from "../../shared/domain/alerting/recipient.ts";
import { formatOptional } from "../../shared/domain/text/timestamp.ts";
import type { ChannelState } from "../../shared/ports/outbox.ts";
import { deliverOnce, timeLimit } from "../../shared/usecases/delivery/deliver-once.ts";
import { knownState } from "../../shared/usecases/delivery/channel-state.ts";
import { defineEndpoint, type ValueOf } from "../http/endpoint.ts";
import { key } from "../http/parameters.ts";
import { named, noted, nullableTimestamp, wordSchema } from "../wire/schemas.ts";

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
  }),
);

export const channelsEndpoint = defineEndpoint({
  path: "/channels",
  name: "channels",
  summary: "Who can be told, whether that works, and how many messages wait.",
  effect: "read",
  response: z.object({ channels: z.array(channel) }),
  async handle(_request, { cluster, outbox }) {
    const [states, waiting] = await Promise.all([outbox.channelStates(), outbox.listPending()]);
    const channels = cluster().alerting.channels.map((each): ValueOf<typeof channel> => {
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

/** Somebody waits for the outcome. */
const TEST_TIMEOUT_MS = 30_000;

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
    outcome: z.enum(["accepted", "deferred", "refused"]),
    reason: z.nullable(z.string()),
    message: z.nullable(z.string()),
  }),
  refusals: { not_found: "There is no channel with this name." },
  async handle(request, context) {
    const { name } = request.path;
    const { alerting, node } = context.cluster();
    const receiver = alerting.channels.find((each) => each.name === name);
    if (!receiver) throw request.refuse("not_found");
    const { clock, sweeper, log } = context;
    const sent = testMessage(node, clock.nowMs());
    const said = await deliverOnce(receiver, sent, {
      ...context,
      timeoutMs: Math.min(timeLimit(receiver), TEST_TIMEOUT_MS),
    });
    const { kind: outcome, reason, message } = { reason: null, message: null, ...said };
    const done = { actor: request.actor, action: "channel.tested", target: name, detail: { outcome, reason } } as const;
    // It has been sent, whether or not that can be written down.
    await sweeper
      .apply({ kind: "record", entry: { atMs: clock.nowMs(), ...done } })
      .catch((error: unknown) =>
        log.write("error", "a test was not written down", { channel: name, error: String(error) }),
      );
    return { channel: name, outcome, reason, message };
  },
});

function testMessage(node: string, nowMs: number): Notification {
  const id = `test-${crypto.randomUUID()}`;
  return { id, type: "channel.test", atMs: nowMs, node, severity: "info", alerts: [], isLate: false };
}
