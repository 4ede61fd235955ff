/**
 * What is asked of the outbox now and then: what was decided at about the same time, and how the last drill went.
 * Called by outbox.ts. Invariant: a row that cannot be read harms no other.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { NearMessage } from "../domain/alerting/same-message.ts";
import type { DeliveryFailure } from "../ports/notifier.ts";
import type { DrillReport } from "../ports/outbox.ts";

/** Channels are told of one event at different moments: each gathers for itself, for a minute at most. */
const NEAR_MS = 60_000;

// Rare, so it needs no index. What was forwarded was stored later than it was decided, never sooner.
const NEAR = `select channel, state, alert_ids, payload ->> '$.type' as type from notifications
  where created_at_ms >= ?1 and case when json_valid(payload) then payload ->> '$.atMs' end between ?1 and ?2`;

// Ids of drills begin with it, and then with their time; the unique index on ids finds them.
const LAST_DRILL = `select channel, state, created_at_ms, ended_at_ms, failure from notifications
  where id >= 'drill-' and id < 'drill.' and created_at_ms =
    (select created_at_ms from notifications where id >= 'drill-' and id < 'drill.' order by id desc limit 1)
  order by seq`;

interface NearRow extends Pick<NearMessage, "channel" | "state" | "type"> {
  readonly alert_ids: string;
}

interface DrillRow {
  readonly channel: string;
  readonly state: "pending" | "sent" | "failed";
  readonly created_at_ms: number;
  readonly ended_at_ms: number | null;
  readonly failure: DeliveryFailure | null;
}

export async function listDecidedNear(db: D1Database, atMs: number): Promise<NearMessage[]> {
  const { results } = await db
    .prepare(NEAR)
    .bind(atMs - NEAR_MS, atMs + NEAR_MS)
    .all<NearRow>();
  return results.map(({ channel, state, type, alert_ids: ids }) => {
    return { channel, state, type, alertIds: parsedOr<string[]>(ids, []) };
  });
}

export async function lastDrill(db: D1Database): Promise<DrillReport | null> {
  const { results } = await db.prepare(LAST_DRILL).all<DrillRow>();
  const [first] = results;
  if (!first) return null;
  const messages = results.map(({ channel, state, ended_at_ms: endedAtMs, failure }) => {
    return { channel, state, endedAtMs, failure };
  });
  return { atMs: first.created_at_ms, messages };
}

/** A value that has become unreadable on the disk concerns one message, not all that wait behind it. */
export function parsedOr<Value extends object | null>(text: string, otherwise: Value): Value {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && Array.isArray(value) === Array.isArray(otherwise) ? value : otherwise;
  } catch {
    return otherwise;
  }
}
