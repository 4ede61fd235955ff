/**
 * What probes have left: memories as a part of the snapshot, baselines as rows of their own. The table and its queries.
 * Called by the other files of the store. Invariant: what comes back is as it was stored, or does not come back.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Check, Json, Memory } from "../domain/monitoring/check.ts";
import { fnv1a } from "../domain/text/fnv1a.ts";
import type { StoreContext } from "./store-context.ts";
import type { Tell } from "./unreadable.ts";

export const baselines = sqliteTable("baselines", {
  serviceId: text("service_id").primaryKey(),
  /** Sealed: fingerprint of the settings, value. */
  content: text("content").notNull(),
});

/** With the body and the checks of as many services, the snapshot stays under the 2 MB that D1 has for a row. */
const MOST_MEMORIES = 1_000;

type Packed = readonly [serviceId: string, ...Tail];
type Tail = readonly [fingerprint: string, value: Json, startingSinceMs?: number];

/** Null when nothing was left. */
export function packMemories(checks: Iterable<Check>): string | null {
  const packed: Packed[] = [];
  for (const { serviceId, memory } of checks) if (memory) packed.push(packMemory(serviceId, memory));
  return packed.length === 0 ? null : seal(packed.slice(0, MOST_MEMORIES) as readonly Json[]);
}

function packMemory(serviceId: string, { fingerprint, value, startingSinceMs }: Memory): Packed {
  return startingSinceMs === undefined
    ? [serviceId, fingerprint, value]
    : [serviceId, fingerprint, value, startingSinceMs];
}

/** The checks with what was left with them. Throws when that is damaged. */
export function withMemories(checks: readonly Check[], sealed: string): Check[] {
  const packed = unseal(sealed) as Packed[]; // as packMemories made it, or it would not be sealed
  const memories = new Map(packed.map(([id, ...memory]) => [id, unpackMemory(memory)]));
  return checks.map((check) => {
    const memory = memories.get(check.serviceId);
    return memory ? { ...check, memory } : check;
  });
}

function unpackMemory([fingerprint, value, startingSinceMs]: Tail): Memory {
  return { fingerprint, value, ...(startingSinceMs !== undefined && { startingSinceMs }) };
}

// By hand: probes read and write them by the clock.
const LIST = "select service_id, content from baselines";
const PUT =
  "insert into baselines (service_id, content) values (?, ?) on conflict (service_id) do update set content = excluded.content";
const FORGET = "delete from baselines where service_id = ?";

interface Reading {
  readonly db: D1Database;
  readonly tell: Tell;
}

interface Row {
  readonly service_id: string;
  readonly content: string;
}

export async function readBaselines({ db, readable }: StoreContext): Promise<Map<string, Memory>> {
  const { results } = await db.prepare(LIST).all<Row>();
  const known = new Map<string, Memory>();
  for (const { service_id: serviceId, content } of results) {
    const baseline = await readable({ table: "baselines", key: serviceId }, () => unsealBaseline(content));
    if (baseline) known.set(serviceId, baseline);
  }
  return known;
}

/** Null: there is none, or it cannot be read. */
export async function readBaseline({ db, tell }: Reading, serviceId: string): Promise<Memory | null> {
  const row = await db.prepare(`${LIST} where service_id = ?`).bind(serviceId).first<Row>();
  if (!row) return null;
  try {
    return unsealBaseline(row.content);
  } catch (error) {
    tell({ table: "baselines", key: serviceId }, error);
    return null;
  }
}

function unsealBaseline(content: string): Memory {
  const [fingerprint, value] = unseal(content) as [string, Json]; // see writeBaseline
  return { fingerprint, value };
}

export async function writeBaseline(db: D1Database, serviceId: string, baseline: Memory | null): Promise<void> {
  const content = baseline && seal([baseline.fingerprint, baseline.value]);
  const statement = content === null ? db.prepare(FORGET).bind(serviceId) : db.prepare(PUT).bind(serviceId, content);
  await statement.run();
}

/**
 * JSON that comes back as it was or not at all: nobody would ever see what probes have left to be wrong when a byte has flipped on the
 * disk. A guard against accidents, not against people.
 */
export function seal(value: Json): string {
  const json = JSON.stringify(value);
  return `${fnv1a(json).toString(36)}:${json}`;
}

/** Throws for what `seal` has not returned. */
export function unseal(sealed: string): Json {
  const json = sealed.slice(sealed.indexOf(":") + 1);
  if (sealed !== `${fnv1a(json).toString(36)}:${json}`) throw new Error("not as it was stored");
  return JSON.parse(json);
}
