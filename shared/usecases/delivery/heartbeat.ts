/**
 * The dead man's switch: tells somebody outside once a minute that we live; silence is the alarm.
 * Called by a timer on Node and after each round on Workers. Invariant: no beat while probing, storage or delivery is stuck.
 */
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
}

/** Sends one beat when everything works; a line in the log says why not. Never rejects. */
export async function beat(dependencies: HeartbeatDependencies): Promise<void> {
  const target = dependencies.url();
  if (target === null) return;
  const { log, http, cluster } = dependencies;
  const fault = await faultNow(dependencies);
  if (fault !== null) {
    log.write("warn", "no heartbeat", { reason: fault });
    return;
  }
  const response = await http.exchange({
    target,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ node: cluster().node, status: "ok" }),
    timeoutMs: TIMEOUT_MS,
    maxBodyBytes: 1_024,
  });
  if (response.kind === "failure") log.write("warn", "the heartbeat did not get through", { error: response.message });
  else if (response.statusCode > 299) log.write("warn", "the heartbeat was refused", { status: response.statusCode });
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
