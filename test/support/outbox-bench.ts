/**
 * An outbox on a real database with scripted channels and a fake clock: delivery without network and without waiting.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { Notification } from "../../shared/domain/alerting/notification.ts";
import type { Channel, DeliveryOutcome } from "../../shared/ports/notifier.ts";
import type { Outbox } from "../../shared/ports/outbox.ts";
import { createOutbox, putNotifications } from "../../shared/storage/outbox.ts";
import { Deliverer } from "../../shared/usecases/delivery/deliverer.ts";
import { OutboxSwitch } from "../../shared/usecases/delivery/outbox-switch.ts";
import { T0 } from "./checks.ts";
import type { FakeClock } from "./fake-clock.ts";
import { makeNotification, makeReport } from "./notifications.ts";
import { NO_HTTP } from "./probe-loop-bench.ts";

export const ACCEPTED: DeliveryOutcome = { kind: "accepted", receipt: null };

export function deferred(retryAfterMs: number | null = null): DeliveryOutcome {
  return { kind: "deferred", reason: "receiver_failed", message: "The receiver answered HTTP 503", retryAfterMs };
}

export const REFUSED: DeliveryOutcome = {
  kind: "refused",
  reason: "refused",
  message: "The receiver answered HTTP 404",
};

export interface FakeChannel extends Channel {
  /** What the next deliveries get; a function is asked each time. */
  response: (notification: Notification) => DeliveryOutcome | Promise<DeliveryOutcome>;
  /** Ids of everything that was tried, with the time. */
  readonly tried: { id: string; atMs: number }[];
  /** Ids of what was accepted, in order. */
  readonly accepted: string[];
}

export function fakeChannel(name: string, clock: FakeClock, more: Partial<Channel> = {}): FakeChannel {
  const channel: FakeChannel = {
    name,
    type: "fake",
    fingerprint: "f",
    tier: "chat",
    shortestGapMs: 0,
    dailyCap: null,
    ...more,
    response: () => ACCEPTED,
    tried: [],
    accepted: [],
    async deliver(notification) {
      channel.tried.push({ id: notification.id, atMs: clock.nowMs() });
      const outcome = await channel.response(notification);
      if (outcome.kind === "accepted") channel.accepted.push(notification.id);
      return outcome;
    },
  };
  return channel;
}

/** A message about some alerts, decided at this instant. */
export function message(id: string, alertIds: readonly string[], atMs: number = T0): Notification {
  return makeNotification({ id, atMs, alerts: alertIds.map((alert) => makeReport({ id: alert })) });
}

export async function put(db: D1Database, channel: string, notification: Notification): Promise<void> {
  await db.batch(putNotifications(db, [{ channel, notification }]));
}

export interface DelivererOptions {
  readonly db: D1Database;
  readonly clock: FakeClock;
  readonly channels: readonly Channel[];
  readonly logged?: string[];
  readonly random?: () => number;
  /** Instead of what the stored outbox does. */
  readonly instead?: Partial<Outbox>;
}

export function delivererOf({
  db,
  clock,
  channels,
  logged = [],
  random = () => 0.5,
  instead,
}: DelivererOptions): Deliverer {
  const log = { write: (level: string, text: string) => void logged.push(`${level} ${text}`) };
  return new Deliverer({
    outbox: new OutboxSwitch({ ...createOutbox(db), ...instead }, log),
    clock,
    http: NO_HTTP,
    resolveName: null,
    log,
    random,
    channels: () => channels,
  });
}

/** Delivers whatever becomes due while `ms` pass. */
export async function deliverFor(
  deliverer: Pick<Deliverer, "deliverDue">,
  clock: FakeClock,
  ms: number,
): Promise<void> {
  const untilMs = clock.nowMs() + ms;
  for (;;) {
    // Storage that fails is asked again a second later, as the hosts do.
    const pass = deliverer.deliverDue().catch(() => clock.nowMs() + 1_000);
    await clock.advance(0);
    const dueMs = await pass;
    if (dueMs > untilMs) break;
    await clock.advance(Math.max(1, dueMs - clock.nowMs()));
  }
  await clock.advance(Math.max(0, untilMs - clock.nowMs()));
}
