/**
 * What a platform hands to the monitor, and what it gets back. Whatever is not in here is in the bundle.
 * `functions/runtimes/*.ts` make a Runtime, `functions/monitor/compose.ts` makes a Monitor of it.
 * Invariant: a difference between platforms is an ability here or in `abilities`, never a question which platform it is.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { RuntimeAbilities } from "../shared/domain/runtime-abilities.ts";
import type { Clock } from "../shared/ports/clock.ts";
import type { ConnectionLimits } from "../shared/ports/connection-limits.ts";
import type { ConfigurationSource } from "../shared/ports/configuration-source.ts";
import type { HostStats } from "../shared/ports/host-stats.ts";
import type { HttpTransport } from "../shared/ports/http-transport.ts";
import type { JobThread } from "../shared/ports/job-thread.ts";
import type { RedactingLog } from "../shared/ports/log.ts";
import type { Peek } from "../shared/ports/peek.ts";
import type { RunCommand } from "../shared/ports/remediation.ts";
import type { NameResolution } from "../shared/ports/resolve-name.ts";
import type { Turns } from "../shared/ports/turns.ts";
import type { Compress, PackedFiles } from "./http/content-coding.ts";
import type { RespondWithEvents } from "./http/event-stream.ts";

export interface Runtime {
  /** What a configuration can ask of it. */
  readonly abilities: RuntimeAbilities;
  readonly configuration: ConfigurationSource;
  /** What `${NAME}` in the configuration stands for; null for nothing. */
  resolveReference(name: string): string | null;
  /** The name of the monitoring node when the configuration has none. */
  readonly nodeName: string;
  /** How many files and sockets it may have open; absent where nobody counts. */
  readonly openFiles?: number;
  /** Names under which requests may call it, beside those of the configuration. */
  readonly ownNames: readonly string[];
  readonly log: RedactingLog;
  readonly clock: Clock;
  /** 0 ≤ result < 1. */
  random(): number;
  readonly hostStats: HostStats;
  readonly http: HttpTransport;
  readonly resolveName: NameResolution;
  /** Absent where no program can be run. */
  readonly runCommand?: RunCommand;
  /** Absent where a stream is an answer like any other. */
  readonly respondWithEvents?: RespondWithEvents;
  /** Absent where the platform compresses what it sends. */
  readonly compress?: Compress;
  /** What browsers load beside the pages. Absent where the platform sends it before it asks us. */
  readonly assets?: PackedFiles;
  /** The database, migrated. `prove` reads what a start needs: a database for which it rejects cannot be used. */
  openDatabase(prove: (db: D1Database) => Promise<void>): Promise<RuntimeDatabase>;
  /** Where the process stays alive; null where the platform wakes us and nothing is kept in between. */
  readonly process: RuntimeProcess | null;
  /** Ends what has been started for it. Called once, after everything else has ended. Never rejects. */
  close(): Promise<void>;
}

export interface RuntimeDatabase {
  readonly db: D1Database;
  /** What is wrong with it, as sentences for alerts. */
  faults(): readonly string[];
  /** Changes when somebody else has written. May throw when the database fails. */
  dataVersion(): number;
  /** Pages of the write-ahead log that are not in the database yet. */
  walPages(): number;
}

export interface RuntimeProcess {
  /** Shares the one thread between long answers and everything else. */
  readonly turns: Turns;
  readonly jobThread: JobThread;
  /** How long the clock may still be behind: a machine that has just booted asks the network for the time. 0: it is set. */
  readonly clockSettlesInMs: number;
}

/** Lets what is under way go on when the answer has been sent, for half a minute. What it is given never rejects. */
export type GoOn = (work: Promise<unknown>) => void;

export interface Monitor {
  /**
   * Answers a request; `peer`: the address that it came from, a proxy's perhaps, where that is known. `goOn`: default: what is under
   * way goes on by itself. Never rejects.
   */
  fetch(request: Request, peer?: string | null, goOn?: GoOn): Promise<Response>;
  readonly peek: Peek;
  /** Runs the jobs of a cron event. Rejects with the first fault when all have run, and for a cron that no job has. */
  scheduled(event: { readonly cron: string; readonly scheduledTime: number }): Promise<void>;
  /** Begins to probe, to deliver and to run jobs by the clock, where the process stays alive. */
  start(): Promise<void>;
  /** Loads the configuration again. A faulty one is logged and the old one stays in force; true when the new one is. */
  reload(): Promise<boolean>;
  /** Answers whoever waits, ends what is listened to, and lets nobody wait any more; the rest goes on. Before the server stops. */
  drain(): void;
  /** Ends within seconds; what has been checked is committed. Nothing of it is left: no timer, no thread, no socket. */
  stop(): Promise<void>;
  /** Of the configuration in force. */
  connectionLimits(): ConnectionLimits;
}
