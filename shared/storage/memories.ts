/**
 * What probes have left: memories as a part of the snapshot, baselines as rows of their own. The table and its queries.
 * Called by the other files of the store. Invariant: what comes back is as it was stored, or does not come back.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Check, Json, Memory } from "../domain/monitoring/check.ts";
import { fnv1a } from "../domain/text/fnv1a.ts";
import type { StoreContext } from "./store-context.ts";

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

export async function readBaselines({ db, readable }: StoreContext): Promise<Map<string, Memory>> {
  const [rows] = await drizzle(db).batch([drizzle(db).select().from(baselines)]);
  const known = new Map<string, Memory>();
  for (const { serviceId, content } of rows) {
    const sealed = await readable({ table: "baselines", key: serviceId }, () => unseal(content) as [string, Json]); // see writeBaseline
    if (sealed) known.set(serviceId, { fingerprint: sealed[0], value: sealed[1] });
  }
  return known;
}

export async function writeBaseline(d1: D1Database, serviceId: string, baseline: Memory | null): Promise<void> {
  const db = drizzle(d1);
  if (baseline === null) {
    await db.batch([db.delete(baselines).where(eq(baselines.serviceId, serviceId))]);
    return;
  }
  const content = seal([baseline.fingerprint, baseline.value]);
  const put = db.insert(baselines).values({ serviceId, content });
  await db.batch([put.onConflictDoUpdate({ target: baselines.serviceId, set: { content } })]);
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
