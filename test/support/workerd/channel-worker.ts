/**
 * A Worker that delivers on behalf of a test: the channel types over the Workers host's transport inside workerd, without the
 * rest of the service. Orders and results are JSON; see remote-channel.ts for the other end.
 */
import { WORKERS_ABILITIES } from "../../../shared/domain/runtime-abilities.ts";
import { CHANNEL_TYPES } from "../../../shared/notify/registry.ts";
import { createFetchTransport } from "../../../shared/workers/fetch-transport.ts";
import { workersClock } from "../../../shared/workers/workers-clock.ts";
import { configureChannel } from "../configured-channel.ts";
import type { Delivered, DeliveryOrder } from "../delivery-order.ts";

const http = createFetchTransport({ clock: workersClock, binding: () => null });

export default {
  async fetch(request: Request): Promise<Response> {
    const { type, settings, notification, timeoutMs } = (await request.json()) as DeliveryOrder;
    const logged: string[] = [];
    const log = { write: (...line: readonly unknown[]) => void logged.push(JSON.stringify(line)) };
    const { deliver } = configureChannel(CHANNEL_TYPES[type], settings, WORKERS_ABILITIES);
    const outcome = await deliver(notification, { clock: workersClock, http, resolveName: null, log, timeoutMs });
    return Response.json({ outcome, logged } satisfies Delivered);
  },
};
