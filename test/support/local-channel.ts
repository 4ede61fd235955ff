/**
 * Channels on Node with everything they get there real: clock, transport, and a log that a test can read.
 */
import { systemClock } from "../../shared/node/system-clock.ts";
import { createNameResolver } from "../../shared/node/name-resolver.ts";
import { createUndiciTransport } from "../../shared/node/undici-transport.ts";
import { CHANNEL_TYPES } from "../../shared/notify/registry.ts";
import { configureChannel } from "./configured-channel.ts";
import type { RunDelivery } from "./delivery-order.ts";

const resolveName = createNameResolver();
const http = createUndiciTransport({ resolveName });

/** Channels open fresh connections only, so nothing is left to be closed. */
export const localDelivery: RunDelivery = async ({ type, settings, notification, timeoutMs }) => {
  const logged: string[] = [];
  const log = { write: (...line: readonly unknown[]) => void logged.push(JSON.stringify(line)) };
  const { deliver } = configureChannel(CHANNEL_TYPES[type], settings);
  const outcome = await deliver(notification, { clock: systemClock, http, resolveName, log, timeoutMs });
  return { outcome, logged };
};
