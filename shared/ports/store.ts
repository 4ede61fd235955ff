/**
 * What must survive: the snapshot, sweeps, samples, transitions, and the baselines of probes.
 * Use cases call it, `shared/storage` implements it over the D1 interface on both runtimes. It knows no HTTP and no probing.
 * Invariant: every method is one atomic step; a second writer is refused as a whole, never half.
 *
 * All methods reject with the database's error when the database fails; nothing is then changed.
 */
import type { AlertingState, AlertRecord } from "../domain/alerting/alerting-state.ts";
import type { AuditEntry } from "../domain/access/audit.ts";
import type { Check, Memory } from "../domain/monitoring/check.ts";
import type { TakenBack } from "../domain/monitoring/clock-lead.ts";
import type { ClusterMoment } from "../domain/monitoring/cluster-state.ts";
import type { Outgoing } from "../domain/alerting/grouping.ts";
import type { HourBlock } from "../domain/history/hour-block.ts";
import type { TimedRollup } from "../domain/history/rollup.ts";
import type { SampleSeries } from "../domain/history/sample-series.ts";
import type { RoutingState } from "../domain/routing/choice.ts";
import type { StatusSince } from "../domain/monitoring/status-since.ts";
import type { Transition } from "../domain/monitoring/transition.ts";

/** The last committed moment, with the bytes that `/cluster_health` serves. */
export interface Snapshot {
  /** Grows by one with every commit, ≥ 1; 0: it cannot be read, and the next commit begins anew. */
  readonly generation: number;
  readonly moment: ClusterMoment;
  readonly body: string;
  /** Strong entity tag, quoted. */
  readonly etag: string;
  /** From this instant on (epoch ms) the body no longer tells the truth; Infinity when it cannot become untrue. */
  readonly staleAtMs: number;
  readonly alerting: AlertingState;
  readonly since: StatusSince;
  /** Whom agents are told to call. Absent: nothing is remembered. */
  readonly routing?: RoutingState;
  /** Its times are not those that it was stored with: the clock was ahead by so much, or not set. Absent: they are. */
  readonly takenBack?: TakenBack;
}

/** Where the API reads the last commit: from the database, or from a cache of the runtime in front of it. */
export interface SnapshotSource {
  /**
   * The last commit; null before the first one. Never older than the newest commit of this process or, as far as it can be seen, of
   * another one. Rejects when the database fails and nothing is cached.
   */
  read(): Promise<Snapshot | null>;
}

/**
 * What becomes the snapshot; `moment.atMs` is greater than that of every stored sweep. With `takenBack` the clock was ahead: later
 * sweeps, samples and ended alerts stay where they are, unread while they lie in the future; what is still open comes back with it.
 */
export interface SweepCommit extends Omit<Snapshot, "generation"> {
  /** The generation this commit was computed from; 0 when there was no snapshot. */
  readonly expectedGeneration: number;
  /** The checks that finished since the last sweep. Empty: the snapshot is replaced, no history entry is written. */
  readonly checks: readonly Check[];
  readonly transitions: readonly Transition[];
  /** Rows of alerts that are new or have changed. */
  readonly alertRecords: readonly AlertRecord[];
  /** New rows of the outbox, in the order of sending; one whose id is stored already is left as it is. */
  readonly outgoing: readonly Outgoing[];
  /** New rows of the audit trail. */
  readonly audit: readonly AuditEntry[];
}

export type CommitOutcome = "committed" | "stale_generation";

/** A page of history; all bounds are epoch ms. */
export interface SweepQuery {
  /** Only sweeps at or after this instant. */
  readonly sinceMs: number;
  /** Only sweeps before this instant. */
  readonly beforeMs: number;
  /** 1–1000. */
  readonly limit: number;
  /** Only sweeps that hold a check of this service; null for all. */
  readonly serviceId: string | null;
}

export interface RollupQuery {
  readonly serviceId: string;
  /** How long the parts are: whole hours that divide a day, or whole days. */
  readonly stepMs: number;
  /** Epoch ms, a multiple of the step. */
  readonly sinceMs: number;
  /** Another one, exclusive. */
  readonly untilMs: number;
}

/** A stored value that has become unreadable in a way that the database itself does not notice. */
export interface UnreadableValue {
  /** As the database calls it. */
  readonly table: string;
  /** Names the row for people: `at_ms 1773136800000`. */
  readonly key: string;
  /** What the decoder said. */
  readonly error: string;
}

/**
 * Readers leave out what they cannot read (`UnreadableValue`) and tell of it once: of a damaged sweep or block its own checks,
 * of a damaged list of an hour's sweeps the sweeps of that hour; a damaged part of the snapshot is unknown or empty until the next
 * commit. They never reject because of it.
 */
export interface Store {
  /** The last commit; null before the first one. */
  readSnapshot(): Promise<Snapshot | null>;

  /**
   * Stores a sweep: checks, snapshot, transitions, alerts, outbox and audit trail, all or nothing. Returns `stale_generation`, with nothing stored, when
   * another commit came in between. Of two concurrent commits with the same `expectedGeneration` exactly one is committed.
   */
  commitSweep(commit: SweepCommit): Promise<CommitOutcome>;

  /**
   * Sweeps of both tiers, newest first, each with the full state of its moment (services that had a check by then).
   * Details of archived sweeps (older than one to two hours) lack timings. Empty when nothing matches.
   */
  listSweeps(query: SweepQuery): Promise<ClusterMoment[]>;

  /**
   * Samples of one service of both tiers with `sinceMs ≤ checkedAtMs < untilMs`, oldest first, without `details`.
   * Empty for a service that was never checked.
   */
  listSamples(serviceId: string, sinceMs: number, untilMs: number): Promise<Check[]>;

  /** The same in columns, for answers that hold many of them. */
  readSamples(serviceId: string, sinceMs: number, untilMs: number): Promise<SampleSeries>;

  /**
   * What the samples of one service come to, by the time at which they ended: of each step, by its start, one or several rollups
   * that add up, in no order; none of a step without any. Exactly those that `listSamples` gives, however they are stored; days of which the samples have
   * expired included. Empty for a service that was never checked.
   */
  readRollups(query: RollupQuery): Promise<TimedRollup[]>;

  /** Number of sweeps in the history, both tiers; 0 before the first one. */
  countSweeps(): Promise<number>;

  /** What probes have left for longer, by service; what cannot be read is left out. */
  readBaselines(): Promise<Map<string, Memory>>;

  /** Replaces the baseline of a service, at most 32 kB of JSON; null takes it away. Idempotent. */
  writeBaseline(serviceId: string, baseline: Memory | null): Promise<void>;

  /** Proves that reading works; rejects when it does not. */
  ping(): Promise<void>;
}

/** One finished hour of the head tier. */
export interface HeadHour {
  readonly hourMs: number;
  /** The last checks of all services at the first sweep of the hour. */
  readonly keyframe: readonly Check[];
  /** Oldest first; none when none could be read. */
  readonly sweeps: readonly HeadSweep[];
  /** Sweeps of the hour that cannot be read; archiving takes them off the count. */
  readonly unreadableSweeps: number;
}

export interface HeadSweep {
  readonly moment: Omit<ClusterMoment, "checks">;
  readonly checks: readonly Check[];
}

export interface RolledUp {
  /** How many blocks were read sample by sample, and one for each service and for the day. */
  readonly cost: number;
  /** False: services of the day are left over. */
  readonly isDone: boolean;
}

/** The store as cleanup sees it. Every step may be repeated after a crash; readers see each check exactly once throughout. */
export interface ArchiveStore {
  /** The oldest hour in the head tier that ended at or before `endedByMs`; null when there is none. */
  readOldestHeadHour(endedByMs: number): Promise<HeadHour | null>;

  /**
   * Makes samples of the head tier quick to find, those of some minutes at most. True when there may be more to do, false when
   * all but those of the last minute are. Readers see each check exactly once throughout.
   */
  addRecentSamples(): Promise<boolean>;

  /** Turns a finished hour into blocks: from now on readers take it from there. Idempotent. */
  archiveHour(hour: HeadHour, blocks: readonly HourBlock[]): Promise<void>;

  /**
   * Rolls up the oldest day that is over and of which hours have been archived since it was rolled up, or as many of its services as
   * `most` blocks may be read for; hours with figures of an earlier kind get new ones. In short steps; idempotent. Null when no day is
   * due. In the end the rollup of a day is that of all its archived samples.
   */
  rollUpNextDay(most: number): Promise<RolledUp | null>;

  /** Start of the oldest day of which hours are archived that are in no rollup yet, epoch ms; null when there is none. */
  oldestStaleDayMs(): Promise<number | null>;

  /** Deletes head sweeps that have been archived, in short steps. Idempotent. */
  deleteArchivedHead(): Promise<void>;

  /**
   * Deletes blocks of hours that ended at or before `beforeMs`, except the newest `keptHours` hours of history whenever they
   * were, in short steps, and takes their sweeps off the count. Idempotent. Rollups of days stay.
   */
  deleteBlocksBefore(beforeMs: number, keptHours: number): Promise<void>;

  /** Time of the newest sweep until `untilMs` in epoch ms, to the hour when it is archived; null when there is none. */
  newestSweepMs(untilMs: number): Promise<number | null>;
}
