/**
 * An outage and its end over a real store and outbox, step by step, on a clock that the caller moves. Used by rows/alert-outage.ts.
 * Invariant: every step may fail and be taken again; what is stored decides what is left to do.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import { DEFAULT_ALERT_RULES } from "../../shared/domain/alerting/alert.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { Channel, DeliveryOutcome } from "../../shared/ports/notifier.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { createOutbox } from "../../shared/storage/outbox.ts";
import { clusterOf, type Cluster } from "../../shared/usecases/cluster.ts";
import { Deliverer } from "../../shared/usecases/delivery/deliverer.ts";
import { draftSweep } from "../../shared/usecases/sweeping/draft-sweep.ts";
import { unprobedService } from "./unprobed-service.ts";

export const START_MS = 1_773_136_800_000;

/** Moved by whoever tells the story; nobody waits. */
class StoryClock implements Clock {
  atMs = START_MS;
  nowMs = (): number => this.atMs;
  monotonicMs = (): number => this.atMs;
  sleep = async (): Promise<void> => {};
  after = systemClock.after;
}

export interface Delivered {
  readonly id: string;
  readonly alertIds: readonly string[];
  readonly type: string;
}

export class Story {
  readonly clock = new StoryClock();
  readonly delivered: Delivered[] = [];
  isReceiverDown = false;
  readonly #cluster: Cluster;
  readonly #db: D1Database;
  readonly #deliverer: Deliverer;

  constructor(db: D1Database, services: readonly string[]) {
    this.#db = db;
    this.#cluster = clusterWith(services, this.#channel());
    this.#deliverer = new Deliverer({
      outbox: createOutbox(db),
      clock: this.clock,
      http: { exchange: () => Promise.reject(new Error("nothing is asked here")) },
      log: { write() {} },
      random: () => 0.5,
      channels: () => this.#cluster.alerting.channels,
    });
  }

  /** One sweep in which these services fail and the others are well, ten seconds after the last. */
  async sweep(failing: ReadonlySet<string>): Promise<void> {
    this.clock.atMs += 10_000;
    const store = createD1Store(this.#db);
    const previous = await store.readSnapshot();
    const checks = this.#cluster.services.map(({ id }) => checkOf(id, failing.has(id), this.clock.atMs));
    const parts = { clock: this.clock, startedAtMs: START_MS, hostStats: { current: () => NO_FIGURES } };
    await store.commitSweep(draftSweep(parts, { cluster: this.#cluster, previous, checks, faults: [] }).commit);
  }

  /** Sends what is due; resolves with when more will be, epoch ms. */
  deliver(): Promise<number> {
    return this.#deliverer.deliverDue();
  }

  #channel(): Channel {
    const deliver: Channel["deliver"] = async ({ id, type, alerts }) => {
      if (this.isReceiverDown) return AWAY;
      this.delivered.push({ id, type, alertIds: alerts.map((alert) => alert.id) });
      return { kind: "accepted", receipt: null };
    };
    return { name: "hook", type: "story", tier: "chat", shortestGapMs: 0, dailyCap: null, deliver };
  }
}

const AWAY: DeliveryOutcome = { kind: "deferred", reason: "receiver_failed", message: "HTTP 503", retryAfterMs: null };
const NO_FIGURES = { cpuPercent: null, memory: null, disk: null };

function checkOf(serviceId: string, isFailing: boolean, checkedAtMs: number): Check {
  const verdict = isFailing
    ? ({ status: "error", reason: "refused", message: "Connection refused" } as const)
    : ({ status: "healthy", reason: null, message: null } as const);
  return { ...verdict, serviceId, checkedAtMs, responseTimeMs: 1, statusCode: null, details: {} };
}

function clusterWith(ids: readonly string[], channel: Channel): Cluster {
  const critical = { steps: [{ afterMs: 0, channels: [channel.name] }] };
  const policies = { critical, warning: { steps: [] }, info: { steps: [] } };
  const alertRules = { ...DEFAULT_ALERT_RULES, failures: 1, successes: 1, flapping: false };
  return clusterOf({
    node: "bench",
    services: ids.map((id) => unprobedService(id, { alertRules })),
    degradedThresholdPercent: 70,
    adaptive: { degradedMs: 15_000, unhealthyMs: 5_000 },
    alerting: { channels: [channel], connectivityTargets: [], isDrillWeekly: false, policies },
    notice: null,
  });
}
