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
 * `refusesWrites`: it has said so to a PING, which it then refuses like a write (MISCONF).
 */
export function judgeInfo(info: Info, refusesWrites: boolean): ProbeFailure | null {
  const unsaved = refusesWrites ? REFUSES_WRITES : findUnsaved(info);
  return findFull(info) ?? unsaved ?? findMasterless(info);
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

/** What its replicas and the append-only file are sent does not count, as Redis has it. */
function memoryOf(info: Info): { readonly used: number | null; readonly most: number | null } {
  const used = numberIn(info, "used_memory");
  const most = numberIn(info, "maxmemory");
  return { used: used && used - (numberIn(info, "mem_not_counted_for_evict") ?? 0), most: most === 0 ? null : most };
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

/** What is kept for the next check. */
export function packCounters(info: Info): Json {
  // A text of the server is not kept: it may have echoed anything.
  return {
    run: fnv1a(info.get("run_id") ?? "").toString(36),
    uptime: numberIn(info, "uptime_in_seconds"),
    hits: numberIn(info, "keyspace_hits"),
    misses: numberIn(info, "keyspace_misses"),
    evicted: numberIn(info, "evicted_keys"),
  };
}

/** For `data`. `before`: what packCounters left at the check before; whatever it is. */
export function describeInfo(info: Info, before: Json): { readonly [key: string]: Json } {
  const { used, most } = memoryOf(info);
  const since = countSince(packCounters(info), before);
  return fitData({
    hit_rate_percent: hitRate(since),
    evicted_keys: since.evicted,
    memory_percent: used === null || most === null ? null : percentOf(used, most),
    used_memory_bytes: numberIn(info, "used_memory"),
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
  const isSameRun = textAt(now, "run") === textAt(before, "run") && rise(now, before, "uptime") !== null;
  const since = (key: string): number | null => (isSameRun ? rise(now, before, key) : null);
  return { hits: since("hits"), misses: since("misses"), evicted: since("evicted") };
}

function rise(now: Json, before: Json, key: string): number | null {
  const [last, first] = [numberAt(now, key), numberAt(before, key)];
  return last === null || first === null || last < first ? null : last - first;
}

function percentOf(part: number, whole: number): number {
  return Math.round((part / whole) * 1_000) / 10;
}
