/**
 * One delivery as a test orders it, wherever the channel runs: all of it can be sent as JSON.
 */
import type { Notification } from "../../shared/domain/alerting/notification.ts";
import type { CHANNEL_TYPES } from "../../shared/notify/registry.ts";
import type { DeliveryOutcome } from "../../shared/ports/notifier.ts";
import type { Settings } from "./configured-probe.ts";

export interface DeliveryOrder {
  readonly type: keyof typeof CHANNEL_TYPES;
  readonly settings: Settings;
  readonly notification: Notification;
  readonly timeoutMs: number;
}

export interface Delivered {
  readonly outcome: DeliveryOutcome;
  /** What was written into the log, a JSON text for each line. */
  readonly logged: readonly string[];
}

export type RunDelivery = (order: DeliveryOrder) => Promise<Delivered>;
