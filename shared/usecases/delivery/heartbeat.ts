/**
 * The dead man's switch: tells somebody outside once a minute that we live; silence is the alarm.
 * Called by a timer on Node and after each round on Workers. Invariant: no beat while probing, storage or delivery is stuck.
 */
import type { AlertCommand } from "../../domain/alerting/alert-commands.ts";
import { MONITOR } from "../../domain/alerting/alerting-state.ts";
import type { Reason } from "../../domain/monitoring/check.ts";
import type { Failure } from "../../domain/net/connection-failure.ts";
import type { UrlTarget } from "../../domain/net/target.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HttpTransport } from "../../ports/http-transport.ts";
import type { Log } from "../../ports/log.ts";
import type { Outbox } from "../../ports/outbox.ts";
import type { SnapshotSource } from "../../ports/store.ts";
import type { Sweeper } from "../../ports/sweeper.ts";
import type { Cluster } from "../cluster.ts";

export const HEARTBEAT_EVERY_MS = 60_000;

const TIMEOUT_MS = 10_000;

/** A message that waits for so long is stuck: whoever watches us must hear of it. */
const STUCK_AFTER_MS = 300_000;

export interface HeartbeatDependencies {
  readonly clock: Clock;
  readonly http: HttpTransport;
  readonly log: Log;
  readonly outbox: Pick<Outbox, "listPending">;
  readonly snapshots: SnapshotSource;
  readonly sweeper: Pick<Sweeper, "status">;
  cluster(): Cluster;
  /** Where to; null for nowhere. */
  url(): UrlTarget | null;
  apply(command: AlertCommand): Promise<unknown>;
}

/** Sends one beat when everything works; a line in the log says why not, and an alert when nobody takes it. Never rejects. */
export async function beat(dependencies: HeartbeatDependencies): Promise<void> {
  const { log, url } = dependencies;
  const target = url();
  const fault = target && (await faultNow(dependencies));
  if (fault !== null) {
    log.write("warn", "no heartbeat", { reason: fault });
    return;
  }
  const failure = target && (await send(target, dependencies));
  if (failure) log.write("warn", "the heartbeat was not taken", { reason: failure.message });
  await tell(failure, dependencies).catch((error: unknown) =>
    log.write("warn", "it could not be told whether the heartbeat was taken", { error: String(error) }),
  );
}

/** Null when it was taken. */
async function send(target: UrlTarget, { http, cluster }: HeartbeatDependencies): Promise<Failure | null> {
  const response = await http.exchange({
    target,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ node: cluster().node, status: "ok" }),
    timeoutMs: TIMEOUT_MS,
    maxBodyBytes: 1_024,
  });
  if (response.kind === "failure") return unheard(response.reason, `does not take it (${response.message})`);
  const isTaken = response.statusCode >= 200 && response.statusCode <= 299;
  return isTaken ? null : unheard("http_status", `answers HTTP ${response.statusCode}`);
}

function unheard(reason: Reason, what: string): Failure {
  return { reason, message: `Nobody would notice if the monitor died: the receiver of its heartbeat ${what}` };
}

/** Only news: each is a commit. */
async function tell(failure: Failure | null, { snapshots, apply }: HeartbeatDependencies): Promise<void> {
  const told = (await snapshots.read())?.alerting.subjects.get(MONITOR.unheard)?.alert?.message ?? null;
  if (told !== (failure?.message ?? null)) await apply({ kind: "heartbeat", failure });
}

/** Why we must not say that we live; null when everything works. */
async function faultNow({ clock, outbox, snapshots, sweeper, cluster }: HeartbeatDependencies): Promise<string | null> {
  try {
    const [status, snapshot, [oldest]] = await Promise.all([sweeper.status(), snapshots.read(), outbox.listPending()]);
    const nowMs = clock.nowMs();
    // Within this time there is always a commit.
    const longestQuietMs = Math.max(HEARTBEAT_EVERY_MS, Math.min(...cluster().roster.map((each) => each.staleAfterMs)));
    if (!status.schedulerWorks) return "probing does not work";
    if (!status.storageWorks) return "storage does not work";
    if (!snapshot) return "nothing has been committed yet";
    if (nowMs - snapshot.moment.atMs > longestQuietMs) return "no sweep has been committed";
    return oldest && nowMs - oldest.createdAtMs > STUCK_AFTER_MS ? "a message is stuck" : null;
  } catch {
    return "storage does not work";
  }
}
