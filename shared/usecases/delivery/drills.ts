/**
 * Drills by the calendar, and the look at their receipts: ten minutes after each one it is written down whether everybody took it.
 * Called once a minute by both runtimes, like the heartbeat. Calls the outbox and the sweeper.
 * Invariant: what is due is decided by what is stored, so a minute that is skipped or doubled harms nothing.
 */
import type { AlertCommand } from "../../domain/alerting/alert-commands.ts";
import { buildDrill } from "../../domain/alerting/drill.ts";
import { currentStretch } from "../../domain/alerting/maintenance-window.ts";
import { channelOf } from "../../domain/alerting/recipient.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Occasions } from "../../ports/occasions.ts";
import type { DrillReport, Outbox } from "../../ports/outbox.ts";
import type { Cluster } from "../cluster.ts";

const CONCLUDED_AFTER_MS = 600_000;

export interface DrillDependencies {
  readonly clock: Clock;
  readonly log: Log;
  readonly outbox: Pick<Outbox, "lastDrill">;
  readonly occasions: Occasions;
  cluster(): Cluster;
  apply(command: AlertCommand): Promise<unknown>;
}

/** Begins a drill when one is due, and concludes the last one when it is old enough. Never rejects. */
export async function lookAfterDrills(dependencies: DrillDependencies): Promise<void> {
  const { clock, log, outbox, cluster } = dependencies;
  try {
    const last = await outbox.lastDrill();
    const nowMs = clock.nowMs();
    if (last && nowMs - last.atMs >= CONCLUDED_AFTER_MS) await conclude(last, dependencies);
    const { node, alerting } = cluster();
    const due = alerting.drill && currentStretch(alerting.drill, nowMs);
    if (!due || (last && last.atMs >= due.startsAtMs)) return;
    const channels = alerting.channels.map(({ name }) => name);
    if (channels.length > 0) await dependencies.apply(buildDrill({ nowMs, node, channels, actor: "monitor" }));
  } catch (error) {
    log.write("warn", "drills could not be looked after", { error: String(error) });
  }
}

/** A channel with several recipients has been reached when each of them has; what is missing of it comes first. */
export function byChannel({ atMs, messages }: DrillReport): DrillReport {
  const byName = Map.groupBy(messages, ({ channel }) => channelOf(channel));
  const joined = [...byName].flatMap(([channel, each]) => {
    const ended = each.toSorted((left, right) => (left.endedAtMs ?? 0) - (right.endedAtMs ?? 0));
    const state = (["failed", "pending"] as const).find((word) => each.some((message) => message.state === word));
    const told = ended.findLast((message) => message.state === (state ?? "sent"));
    return told ? [{ ...told, channel }] : [];
  });
  return { atMs, messages: joined };
}

async function conclude(drill: DrillReport, { occasions, clock, log, apply }: DrillDependencies): Promise<void> {
  if ((await occasions.last("drill_concluded")) === drill.atMs) return;
  await occasions.note("drill_concluded", drill.atMs);
  const missing = byChannel(drill)
    .messages.filter(({ state }) => state !== "sent")
    .map(({ channel }) => channel);
  if (missing.length > 0) log.write("error", "the drill did not reach everybody", { channels: missing });
  const detail = { passed: missing.length === 0, missing };
  const entry = {
    atMs: clock.nowMs(),
    actor: "monitor",
    action: "drill.concluded",
    target: "channels",
    detail,
  } as const;
  await apply({ kind: "record", entry });
}
