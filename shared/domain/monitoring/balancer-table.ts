/**
 * What a load balancer last said of its backends, as its probe leaves it: the table as a baseline, and when it was taken as a memory, so that
 * the same table is not stored again at every check. Pure. Made by shared/probes/haproxy-table.ts, read there and by GET /haproxy.
 * Invariant: its texts are shown as they are, so they are clean and without secrets.
 */
import type { Json, Memory } from "./check.ts";

export interface KeptServer {
  readonly name: string;
  /** As the balancer says it. */
  readonly status: string;
  readonly isBackup: boolean;
}

export interface KeptQueue {
  /** Since when every window has found that requests wait for long, epoch ms; null: they do not, or nobody can tell yet. */
  readonly longSinceMs: number | null;
  /** Checks that found requests waiting, the oldest first: when, how many had been served so far, and the fewest that waited until the next mark. */
  readonly marks: readonly (readonly [atMs: number, served: number, fewest: number])[];
}

export interface KeptBackend {
  readonly name: string;
  readonly status: string;
  readonly totalSessions: number;
  readonly currentSessions: number;
  /** At once, so far: a counter like the others, which falls only when the balancer has been loaded again. */
  readonly mostSessions: number;
  readonly queued: number;
  /** Of the last requests, on average; null where none was answered lately. */
  readonly responseMs: number | null;
  /** Answers so far, and those of 5xx among them; null for what is not HTTP. */
  readonly responses: number | null;
  readonly errors: number | null;
  /** Of the answers since the check before, those of 5xx in percent; null: there were none, or nobody can tell. */
  readonly errorPercent: number | null;
  /** Since when answers have been counted, epoch ms, and what the counters were then; null for what is not HTTP. */
  readonly counting: { readonly atMs: number; readonly responses: number; readonly errors: number } | null;
  /** The last count of enough answers: when it ended, and what came of it; null: none yet. */
  readonly counted: { readonly atMs: number; readonly answers: number; readonly errors: number } | null;
  /** Null: none wait. */
  readonly waiting: KeptQueue | null;
  /** Those that are served, and all but those in maintenance. */
  readonly serversUp: number;
  readonly serversTotal: number;
  /** None where there are too many of them. */
  readonly servers: readonly KeptServer[];
}

export interface BalancerTable {
  /** Also of those that found no room. */
  readonly total: number;
  readonly backends: readonly KeptBackend[];
}

/** Another one when the table has other fields. */
const FORMAT = 3;

export function packTable({ total, backends }: BalancerTable): Json {
  const packed = backends.map(({ servers, waiting, ...backend }) => ({
    ...backend,
    waiting: waiting && { ...waiting },
    servers: servers.map((each) => ({ ...each })),
  }));
  return { format: FORMAT, total, backends: packed };
}

/** Null for what is no table of this format; what is, packTable has made, and it was sealed where it was stored. */
export function unpackTable(packed: Json): BalancerTable | null {
  return isTable(packed) ? packed : null;
}

function isTable(packed: unknown): packed is BalancerTable {
  return typeof packed === "object" && packed !== null && "format" in packed && packed.format === FORMAT;
}

export function packTaken(takenMs: number): Json {
  return { takenMs };
}

/** The table and when it was taken, epoch ms; null: nothing is left, or of other settings, which may be of another balancer. */
export function lastTable(
  { memory, baseline }: { readonly memory: Memory | undefined; readonly baseline: Memory | null },
  fingerprint: string,
): { readonly table: BalancerTable; readonly takenMs: number } | null {
  if (memory?.fingerprint !== fingerprint || baseline?.fingerprint !== fingerprint) return null;
  const table = unpackTable(baseline.value);
  const takenMs = unpackTaken(memory.value);
  return table && takenMs !== null ? { table, takenMs } : null;
}

/** When the table was taken, epoch ms; null: nobody has left that. */
export function unpackTaken(packed: unknown): number | null {
  const isOne = typeof packed === "object" && packed !== null && "takenMs" in packed;
  return isOne && typeof packed.takenMs === "number" ? packed.takenMs : null;
}
