/**
 * Hands one message to one channel, once, whoever asks for it: the deliverer, or the test of a channel.
 * Knows no outbox. A fault of the channel itself is an outcome like any other.
 * Invariant: nothing else calls a channel, so that whatever holds for messages (where they may go, how long it may take) holds for tests.
 */
import type { Notification } from "../../domain/alerting/notification.ts";
import type { Channel, DeliveryContext, DeliveryOutcome } from "../../ports/notifier.ts";

/** Receivers answer within a second or two; Slack itself gives up on others after three. */
const DELIVERY_TIMEOUT_MS = 10_000;

/** What a delivery takes at most, in ms. */
export function timeLimit(channel: Channel | null): number {
  return channel?.timeoutMs ?? DELIVERY_TIMEOUT_MS;
}

/** Never rejects. */
export async function deliverOnce(
  channel: Channel,
  notification: Notification,
  { timeoutMs, clock, http, log, resolveName }: DeliveryContext,
): Promise<DeliveryOutcome> {
  try {
    return await channel.deliver(notification, { timeoutMs, clock, http, log, resolveName });
  } catch (error) {
    // A fault of ours; its text may hold what the channel was given.
    const name = error instanceof Error ? error.name : typeof error;
    log.write("error", "a channel failed by itself", { channel: channel.name, error: name });
    return { kind: "deferred", reason: "connection", message: "The channel failed by itself", retryAfterMs: null };
  }
}
