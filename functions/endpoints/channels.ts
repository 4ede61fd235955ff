/**
 * GET /channels: who can be told, and whether that works.
 * Reads the outbox and the names of the configuration. Invariant: never a setting of a channel: addresses, URLs and secrets stay
 * in the configuration.
 */
import * as z from "zod/mini";
import type { Channel } from "../../shared/ports/notifier.ts";
import type { ChannelState } from "../../shared/ports/outbox.ts";
import { timestampOf } from "../wire/alert-json.ts";
import { timestamp } from "../wire/response-schemas.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { jsonResponse } from "../http/headers.ts";

const channel = z.object({
  name: z.string(),
  type: z.string(),
  /** `unused`: nothing has been sent yet; `retrying`: the last attempt failed; `broken`: trying again cannot help. */
  state: z.enum(["unused", "working", "retrying", "broken"]),
  last_delivery: z.nullable(timestamp),
  last_failure: z.nullable(timestamp),
  failure: z.nullable(z.string()),
  message: z.nullable(z.string()),
  /** Messages that wait. */
  pending: z.int(),
});

export const channelsEndpoint = defineEndpoint({
  path: "/channels",
  name: "channels",
  summary: "Who can be told, whether that works, and how many messages wait.",
  parameters: {},
  response: z.object({ channels: z.array(channel) }),
  async handle(_request, { host, outbox }) {
    const [states, pending] = await Promise.all([outbox.channelStates(), outbox.listPending()]);
    const channels = host.cluster().alerting.channels.map((configured) => {
      const state = states.find(({ name }) => name === configured.name) ?? null;
      const waiting = pending.filter((each) => each.channel === configured.name).length;
      return channelJson(configured, state, waiting);
    });
    return jsonResponse({ channels });
  },
});

function channelJson({ name, type }: Channel, state: ChannelState | null, pending: number) {
  return {
    name,
    type,
    state: wordFor(state),
    last_delivery: timestampOf(state?.sentAtMs ?? null),
    last_failure: timestampOf(state?.failedAtMs ?? null),
    failure: state?.failure ?? null,
    message: state?.message ?? null,
    pending,
  } satisfies z.input<typeof channel>;
}

function wordFor(state: ChannelState | null) {
  if (!state) return "unused";
  if (state.isBroken) return "broken";
  return state.failures > 0 ? "retrying" : "working";
}
