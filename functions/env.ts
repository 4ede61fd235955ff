/**
 * What endpoints and jobs may use beside the database: the abilities of the runtime and the configuration in force.
 * Made by `monitor/compose.ts`, the same on every runtime.
 * Invariant: an ability that a runtime lacks is a null or an absent figure, not another type.
 */
import type { Access } from "../shared/domain/access/access.ts";
import type { Clock } from "../shared/ports/clock.ts";
import type { HttpTransport } from "../shared/ports/http-transport.ts";
import type { HostStats } from "../shared/ports/host-stats.ts";
import type { Log } from "../shared/ports/log.ts";
import type { SnapshotSource } from "../shared/ports/snapshot-source.ts";
import type { Snapshot } from "../shared/ports/store.ts";
import type { Sweeper } from "../shared/ports/sweeper.ts";
import type { Turns } from "../shared/ports/turns.ts";
import type { Cluster } from "../shared/usecases/cluster.ts";

export interface Host {
  readonly clock: Clock;
  readonly log: Log;
  readonly hostStats: HostStats;
  readonly snapshots: SnapshotSource;
  readonly sweeper: Sweeper;
  /** For long answers; null on a host where no other work shares their thread. */
  readonly turns: Turns | null;
  /** Start of this monitoring process, epoch ms; null where none stays alive: then the stored one counts. */
  readonly startedAtMs: number | null;
  /** For test messages. */
  readonly http: HttpTransport;
  /** The configuration in force; another object after a reload. */
  cluster(): Cluster;
  /** Who may call. */
  auth(): Access;
  /** Names that requests may carry in `Host`, lower case. */
  hostNames(): ReadonlySet<string>;
  /** Age beyond which hour blocks are deleted. */
  retentionMs(): number;
}

/** When the monitoring began: this process, or the first commit where no process stays alive. */
export function startedAtMs(host: Host, snapshot: Snapshot | null): number {
  return host.startedAtMs ?? snapshot?.moment.startedAtMs ?? host.clock.nowMs();
}
