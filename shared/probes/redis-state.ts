/**
 * What INFO of Redis says: the figures that are told, and whether it can do what it is there for. Pure. Used by redis.ts.
 * Invariants: total, whatever the server sent; a rate is of one run of the server, never across its restart.
 */
import type { Json } from "../domain/monitoring/check.ts";
import { fnv1a } from "../domain/text/fnv1a.ts";
import { fitData } from "./fit-data.ts";
import type { ProbeFailure } from "./observe.ts";
import { numberAt, textAt } from "./read-json.ts";

export type Info = ReadonlyMap<string, string>;

/** Lines of `key:value`, sections marked by `#`. Values may hold colons themselves. */
export function parseInfo(info: string): Info {
  const pairs = info.split("\n").map((line) => {
    const colon = line.indexOf(":");
    return colon < 1 || line.startsWith("#") ? null : ([line.slice(0, colon), line.slice(colon + 1).trim()] as const);
  });
  return new Map(pairs.filter((pair) => pair !== null));
}

const WHOLE_NUMBER = /^\d{1,15}$/;

export function numberIn(info: Info, key: string): number | null {
  const text = info.get(key) ?? "";
  return WHOLE_NUMBER.test(text) ? Number(text) : null;
}

/** While it reads its data from disk; until then commands may be refused. */
export function isLoading(info: Info): boolean {
  return info.get("loading") === "1";
}

/**
 * Why a server that answers cannot be written to, or holds what may be old; null: nothing says so.
 * `refusesWrites`: it has said so to a PING, which it then refuses like a write (MISCONF). `before`: what packCounters left at the check before.
 */
export function judgeInfo(
  info: Info,
  { refusesWrites, before }: { readonly refusesWrites: boolean; readonly before: Json },
): ProbeFailure | null {
  const unsaved = refusesWrites ? REFUSES_WRITES : findUnsaved(info);
  return findFull(info) ?? findRefused(info, before) ?? unsaved ?? findMasterless(info);
}

function findFull(info: Info): ProbeFailure | null {
  const { used, most } = memoryOf(info);
  if (used === null || most === null || used < most || canEvict(info)) return null;
  const policy = info.get("maxmemory_policy") ?? "noeviction";
  const why = policy === "noeviction" ? policy : `${policy}, and no key expires`;
  return {
    reason: "full",
    message: ["Redis: full (maxmemory reached, ", { text: why, atMost: 60 }, "): no checkpoint can be written"],
  };
}

/** A large value is refused before maxmemory is reached, and nothing is written of it: what is used stays below for ever. */
function findRefused(info: Info, before: Json): ProbeFailure | null {
  const { share, most } = memoryOf(info);
  if (most === null || lastRefusal(info, before).refusedAt === null) return null;
  const near = share === null ? "" : ` at ${share} % of maxmemory`;
  return {
    reason: "full",
    message: `Redis: full (it answers OOM to what is written${near}): no checkpoint can be written`,
  };
}

/** Who writes seldom is refused seldom: until then a refusal counts, unless so much less of maxmemory is used by now. */
const REFUSED_FOR_S = 300;
const ROOM_PERCENT = 5;

interface Refusal {
  /** By its own uptime, in seconds. */
  readonly refusedAt: number | null;
  /** What was used of maxmemory then, in percent. */
  readonly refusedShare: number | null;
}

const NO_REFUSAL: Refusal = { refusedAt: null, refusedShare: null };

/** Of a write, for want of memory; that it was lately, as far as anybody can tell. */
function lastRefusal(info: Info, before: Json): Refusal {
  const now = countersOf(info);
  const { share } = memoryOf(info);
  if (now.uptime === null || !isSameRun(now, before)) return NO_REFUSAL;
  if ((rise(now, before, "refused") ?? 0) > 0) return { refusedAt: now.uptime, refusedShare: share };
  const [refusedAt, refusedShare] = [numberAt(before, "refusedAt"), numberAt(before, "refusedShare")];
  const hasRoom = share !== null && refusedShare !== null && share < refusedShare - ROOM_PERCENT;
  const counts = refusedAt !== null && now.uptime - refusedAt < REFUSED_FOR_S && !hasRoom;
  return counts ? { refusedAt, refusedShare } : NO_REFUSAL;
}

/** More than any machine has: what says so is no figure. */
const MOST_MEMORY_BYTES = 2 ** 46;
const MOST_PERCENT = 10_000;

interface MemoryUse {
  readonly used: number | null;
  readonly most: number | null;
  /** In percent. */
  readonly share: number | null;
}

/** What its replicas and the append-only file are sent does not count, as Redis has it. */
function memoryOf(info: Info): MemoryUse {
  const all = bytesIn(info, "used_memory");
  const used = all && all - (numberIn(info, "mem_not_counted_for_evict") ?? 0);
  const most = bytesIn(info, "maxmemory") || null;
  const share = used === null || most === null ? null : percentOf(used, most);
  return { used, most, share: share !== null && share >= 0 && share <= MOST_PERCENT ? share : null };
}

function bytesIn(info: Info, key: string): number | null {
  const bytes = numberIn(info, key);
  return bytes !== null && bytes <= MOST_MEMORY_BYTES ? bytes : null;
}

/** `volatile-…` takes only what expires, which checkpoints do not. */
function canEvict(info: Info): boolean {
  const policy = info.get("maxmemory_policy") ?? "";
  return policy.startsWith("allkeys-") || (policy.startsWith("volatile-") && hasExpiring(info));
}

function hasExpiring(info: Info): boolean {
  return [...info].some(([key, value]) => /^db\d+$/.test(key) && /expires=[1-9]/.test(value));
}

/** Its `stop-writes-on-bgsave-error`, or a disk to which nothing can be appended. */
export const REFUSES_WRITES: ProbeFailure = {
  reason: "partly_down",
  message: "Redis: it cannot save to disk, and refuses what is written (MISCONF)",
};
const UNSAVED: ProbeFailure = {
  reason: "partly_down",
  message: "Redis: it could not save to disk, and takes what is written all the same",
};

function findUnsaved(info: Info): ProbeFailure | null {
  const hasFailed = info.get("rdb_last_bgsave_status") === "err";
  const cannotAppend = info.get("aof_enabled") === "1" && info.get("aof_last_write_status") === "err";
  return hasFailed || cannotAppend ? UNSAVED : null;
}

function findMasterless(info: Info): ProbeFailure | null {
  if (info.get("role") !== "slave" || info.get("master_link_status") !== "down") return null;
  const isCopying = info.get("master_sync_in_progress") === "1";
  const message = isCopying
    ? "Redis: a replica that still copies from its master"
    : "Redis: a replica that has lost its master; what it holds may be old";
  return { reason: "partly_down", message };
}

/** What is kept for the next check. `before`: what this left at the one before; whatever it is. */
export function packCounters(info: Info, before: Json): Json {
  return { ...countersOf(info), ...lastRefusal(info, before) };
}

function countersOf(info: Info) {
  // A text of the server is not kept: it may have echoed anything.
  return {
    run: fnv1a(info.get("run_id") ?? "").toString(36),
    uptime: numberIn(info, "uptime_in_seconds"),
    hits: numberIn(info, "keyspace_hits"),
    misses: numberIn(info, "keyspace_misses"),
    evicted: numberIn(info, "evicted_keys"),
    refused: refusalsIn(info),
  };
}

/** Writes that it has answered with OOM so far; none as well where it does not count errors (before 6.2). */
function refusalsIn(info: Info): number {
  return Number(/^count=(\d{1,15})$/.exec(info.get("errorstat_OOM") ?? "")?.[1] ?? 0);
}

/** For `data`. `before`: what packCounters left at the check before; whatever it is. */
export function describeInfo(info: Info, before: Json): { readonly [key: string]: Json } {
  const { most, share } = memoryOf(info);
  const since = countSince(countersOf(info), before);
  return fitData({
    hit_rate_percent: hitRate(since),
    evicted_keys: since.evicted,
    memory_percent: share,
    used_memory_bytes: bytesIn(info, "used_memory"),
    max_memory_bytes: most,
    memory_policy: info.get("maxmemory_policy"),
    ...describeRole(info),
    last_save: info.get("rdb_last_bgsave_status"),
    append_only: info.get("aof_enabled") === "1" ? info.get("aof_last_write_status") : undefined,
  });
}

function describeRole(info: Info) {
  if (info.get("role") === "slave") return { role: "replica", master_link: info.get("master_link_status") };
  return { role: info.get("role"), replicas: numberIn(info, "connected_slaves") ?? undefined };
}

/** Null when nobody asked for a key, or nobody can tell. */
function hitRate({ hits, misses }: { readonly hits: number | null; readonly misses: number | null }): number | null {
  if (hits === null || misses === null || hits + misses === 0) return null;
  return percentOf(hits, hits + misses);
}

/** Each null across a restart, a reset of the statistics, and at the first check. */
function countSince(now: Json, before: Json) {
  const isSame = isSameRun(now, before);
  const since = (key: string): number | null => (isSame ? rise(now, before, key) : null);
  return { hits: since("hits"), misses: since("misses"), evicted: since("evicted") };
}

function isSameRun(now: Json, before: Json): boolean {
  return textAt(now, "run") === textAt(before, "run") && rise(now, before, "uptime") !== null;
}

function rise(now: Json, before: Json, key: string): number | null {
  const [last, first] = [numberAt(now, key), numberAt(before, key)];
  return last === null || first === null || last < first ? null : last - first;
}

function percentOf(part: number, whole: number): number {
  return Math.round((part / whole) * 1_000) / 10;
}
