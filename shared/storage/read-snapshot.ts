/**
 * Reading the last commit back.
 * Called by d1-store.ts. Invariant: what comes back equals what `write-sweep.ts` stored; a part that cannot be read is unknown or
 * empty, takes nothing else along, and is replaced by the next commit.
 */
import { NO_ALERTING } from "../domain/alerting/alerting-state.ts";
import { SINCE_NOTHING, type StatusSince } from "../domain/monitoring/status-since.ts";
import { NO_ROUTING, type RoutingState } from "../domain/routing/choice.ts";
import type { Snapshot } from "../ports/store.ts";
import { checkInstant, textLike } from "./checked-value.ts";
import { withMemories } from "./memories.ts";
import { decodeAlerting } from "./packed-alerting.ts";
import { unpackChecks } from "./packed-check.ts";
import { decodeRouting } from "./packed-routing.ts";
import { decodeSince } from "./packed-since.ts";
import { readLocalNode, UNKNOWN_LOAD } from "./read-head.ts";
import type { snapshot, StoredRow } from "./schema.ts";
import type { StoreContext } from "./store-context.ts";

type Row = StoredRow<typeof snapshot>;

export async function readSnapshot({ db, rosters, readable }: StoreContext): Promise<Snapshot | null> {
  const row = await db.prepare("select * from snapshot where id = 1").first<Row>();
  if (!row) return null;
  let isWhole = true;
  const part = async <Value>(
    key: keyof Row,
    decode: () => Value | Promise<Value>,
    otherwise: Value,
  ): Promise<Value> => {
    const value = await readable({ table: "snapshot", key }, decode);
    if (value === null) isWhole = false;
    return value ?? otherwise;
  };
  const { memories, stale_at_ms: staleAtMs } = row;
  const contentOf = await rosters.load([row.roster_id]);
  const atMs = await part("at_ms", () => checkInstant(row.at_ms), 0);
  const plain = await part("checks", () => unpackChecks(row.checks, row.at_ms), []);
  const checks = memories === null ? plain : await part("memories", () => withMemories(plain, memories), plain);
  await part("sweep_count", () => checkInstant(row.sweep_count), 0);
  const whole = {
    // Nobody's: the fence takes a damaged one for none.
    generation: await part("generation", () => checkInstant(row.generation), 0),
    moment: {
      ...contentOf(row.roster_id),
      atMs,
      startedAtMs: await part("started_at_ms", () => checkInstant(row.started_at_ms), atMs),
      localNode: await part("local_node", () => readLocalNode(row.local_node), UNKNOWN_LOAD),
      checks: new Map(checks.map((check) => [check.serviceId, check])),
      faults: [],
    },
    body: await part("body", () => textLike(/^\{[^]*\}$/, row.body), ""),
    etag: await part("etag", () => textLike(/^"[\x21\x23-\x7e]*"$/, row.etag), ""),
    staleAtMs: await part("stale_at_ms", () => (staleAtMs === null ? Infinity : checkInstant(staleAtMs)), 0),
    since: await part("since", () => readSince(db, row), SINCE_NOTHING),
    routing: await part("routing", () => readRouting(row), NO_ROUTING),
    alerting: await part("alerting", () => decodeAlerting(row.alerting), NO_ALERTING),
  };
  // The body is made anew for everybody who asks.
  return isWhole ? whole : { ...whole, staleAtMs: 0 };
}

function readRouting({ routing, at_ms: atMs }: Row): RoutingState {
  return routing === null ? NO_ROUTING : decodeRouting(routing, atMs);
}

const LAST_TRANSITIONS = `select service_id, max(at_ms) as at_ms from transitions
  where typeof(at_ms) = 'integer' and at_ms <= ?1 group by service_id`;

/** The first time after an update from a release that did not store it, from the transitions. */
async function readSince(db: StoreContext["db"], { since, at_ms: atMs }: Row): Promise<StatusSince> {
  if (since !== null) return decodeSince(since, atMs);
  const { results } = await db.prepare(LAST_TRANSITIONS).bind(atMs).all<{ service_id: string; at_ms: number }>();
  return {
    overall: null,
    services: new Map(results.map(({ service_id: id, at_ms: sinceMs }) => [id, checkInstant(sinceMs)])),
  };
}
