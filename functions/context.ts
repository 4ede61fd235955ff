/**
 * What endpoints and jobs of the probing thread may use: what is stored, the runtime's abilities, the configuration in force.
 * Invariant: an ability that a runtime lacks is a null or an absent figure, not another type.
 */
import type { PlainConfig } from "../shared/config/sections/registry.ts";
import type { StatusBoards } from "../shared/domain/monitoring/status-board.ts";
import { isBySameClock } from "../shared/domain/monitoring/first-setting.ts";
import type { Clock } from "../shared/ports/clock.ts";
import type { CommitSignal } from "../shared/ports/commit-signal.ts";
import type { HttpTransport } from "../shared/ports/http-transport.ts";
import type { HostStats } from "../shared/ports/host-stats.ts";
import type { Log } from "../shared/ports/log.ts";
import type { NameResolution } from "../shared/ports/resolve-name.ts";
import type { Snapshot, SnapshotSource } from "../shared/ports/store.ts";
import type { Sweeper } from "../shared/ports/sweeper.ts";
import type { Turns } from "../shared/ports/turns.ts";
import type { Cluster } from "../shared/usecases/cluster.ts";
import type { Compress, PackedFiles } from "./http/content-coding.ts";
import type { RespondWithEvents } from "./http/event-stream.ts";
import type { Listeners } from "./http/listeners.ts";
import type { Feed } from "./live/feed.ts";
import type { NowTelling } from "./live/now-told.ts";
import type { Outlooks } from "./live/outlook.ts";
import type { Rates } from "./http/rates.ts";
import type { KeptPages } from "./page/kept-pages.ts";
import type { Pasts } from "./page/pasts.ts";
import type { PublicStatus } from "./public/status-model.ts";
import type { Provenance } from "./provenance.ts";
import type { Storage } from "./storage.ts";

export interface MonitorContext extends Storage {
  readonly clock: Clock;
  readonly log: Log;
  readonly hostStats: HostStats;
  readonly snapshots: SnapshotSource;
  /** What services and cluster are by them. */
  readonly boards: StatusBoards;
  /** When to look at them again. */
  readonly commits: CommitSignal;
  readonly sweeper: Sweeper;
  /** For long answers; null where no other work shares their thread. */
  readonly turns: Turns | null;
  /** Sends what handlers return that answer with a stream. */
  readonly respondWithEvents: RespondWithEvents;
  /** Of pages; null where the platform compresses what it sends. */
  readonly compress: Compress | null;
  /** What browsers load beside the pages; empty where the platform sends it. */
  readonly assets: PackedFiles;
  /** Start of this monitoring process, epoch ms; null where none stays alive: then the stored one counts. */
  readonly startedAtMs: number | null;
  /** For the heartbeat and test messages. */
  readonly http: HttpTransport;
  /** For test messages. */
  readonly resolveName: NameResolution;
  /** The configuration in force, here its services and whom they tell; another object after a reload. */
  cluster(): Cluster;
  /** Every other section of it. */
  config(): PlainConfig;
  /** What is known of it beside what it says. */
  provenance(): Provenance;
  readonly rates: Rates;
  /** What is told to who listens. */
  readonly events: Feed;
  readonly pages: KeptPages;
  /** What who has the page of the present moment open is told. */
  readonly nowView: NowTelling;
  /** What is told to who waits. */
  readonly outlooks: Outlooks;
  /** What the page says of the past of each. */
  readonly pasts: Pasts;
  /** What strangers may see. */
  readonly publicStatus: { read(): Promise<PublicStatus | null> };
  /** Who waits or listens, and whether one more may. */
  readonly listeners: Listeners;
  /** Names that requests may carry in `Host`, lower case. */
  hostNames(): ReadonlySet<string>;
}

/** When the monitoring began: this process, or the first commit where no process stays alive. */
export function startedAtMs({ startedAtMs: atMs, clock }: MonitorContext, snapshot: Snapshot | null): number {
  const nowMs = clock.nowMs();
  // Of a process that began by a wrong clock, what is stored has been put right.
  return (atMs !== null && isBySameClock(atMs, nowMs) ? atMs : snapshot?.moment.startedAtMs) ?? nowMs;
}
