/**
 * The outbox over the D1 interface, the same on both runtimes: what is asked of the table `notifications`.
 * write-sweep.ts adds rows in its own commit.
 * Invariants: a claim is one conditional update, so of two who send the same row one finds it taken; repeating a write changes
 * nothing; a row that cannot be read harms no other, and what can be read of it goes on.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import { and, between, eq, gt, isNull, lte, not, or, sql } from "drizzle-orm";
import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
import type { Outgoing } from "../domain/alerting/grouping.ts";
import { channelOf } from "../domain/alerting/recipient.ts";
import { elsewhereAtMs } from "../domain/alerting/told-elsewhere.ts";
import { DAY_MS, LATEST_MS } from "../domain/text/timestamp.ts";
import type { DeliveryFailure } from "../ports/notifier.ts";
import { COUNTED_MS, type AttemptResult, type DrillReport, type Outbox } from "../ports/outbox.ts";
import { listChannels, putChannel } from "./channels.ts";
import { notifications } from "./notifications.ts";
import { listRelated } from "./related-messages.ts";
import { insertRows, listNames, prepared } from "./statements.ts";
import { readRows, type ReadOptions } from "./stored-rows.ts";
import { tellOnce, type OnUnreadable } from "./unreadable.ts";

/** Not a bound value: with one, SQLite would not use the index. */
const IS_PENDING = sql`${notifications.state} = 'pending'`;

/** Of each channel: one that takes nothing for a day must not crowd out the others. */
const MOST_PENDING = 500;

/** Short write transactions: on Node the sweep's commit waits, on the main thread, for the one in progress. */
const FORGET_STEP = 500;

/** With the back-off nothing is tried as often in a day; a damaged number comes down to it. */
const MOST_ATTEMPTS = 1_000;

/** More is damage, and counts for nothing. */
const MOST_ARRIVALS = 1_000;

const ARRIVALS = sql`iif(${notifications.arrivals} between 0 and ${MOST_ARRIVALS}, ${notifications.arrivals}, 0)`;
const COPIES = sql<number>`coalesce(sum(${ARRIVALS} + (${notifications.state} = 'sent')), 0)`;

const PENDING_COLUMNS = {
  id: notifications.id,
  channel: notifications.channel,
  alertIds: notifications.alertIds,
  createdAtMs: notifications.createdAtMs,
  dueMs: notifications.dueMs,
  fingerprint: notifications.fingerprint,
  claimedUntilMs: notifications.claimedUntilMs,
  elsewhereAtMs: notifications.elsewhereAtMs,
};

/** What is damaged beside the message itself must not keep it from being sent. */
const PENDING_OTHERWISE = {
  alertIds: [],
  createdAtMs: Infinity,
  dueMs: 0,
  fingerprint: null,
  claimedUntilMs: 0,
  elsewhereAtMs: null,
};

const LIST = `select ${listNames(PENDING_COLUMNS)} from
  (select *, row_number() over (partition by channel order by seq) as place from notifications where state = 'pending')
  where place <= ${MOST_PENDING} order by seq`;

const CLAIMED_COLUMNS = { id: notifications.id, payload: notifications.payload, attempts: notifications.attempts };

const MESSAGE_COLUMNS = {
  id: notifications.id,
  channel: notifications.channel,
  state: notifications.state,
  endedAtMs: notifications.endedAtMs,
  failure: notifications.failure,
};

// Ids of drills begin with it; the unique index on ids finds them.
const IS_DRILL = "id >= 'drill-' and id < 'drill.'";
const HAS_TIME = `created_at_ms between 0 and ${LATEST_MS}`;
const LAST_DRILL = `select created_at_ms, ${listNames(MESSAGE_COLUMNS)} from notifications
  where ${IS_DRILL} and (not ${HAS_TIME} or created_at_ms =
    (select created_at_ms from notifications where ${IS_DRILL} and ${HAS_TIME} order by created_at_ms desc limit 1))
  order by seq`;

const FORGET = `delete from notifications where seq in
  (select seq from notifications where state <> 'pending' and ended_at_ms < ? order by seq limit ?)`;

/** The whole database must have been migrated. */
export function createOutbox(d1: D1Database, onUnreadable?: OnUnreadable): Outbox {
  const db = drizzle(d1);
  const tell = tellOnce(onUnreadable);
  const reading = { key: notifications.id, tell };
  return {
    listPending: () => readRows(d1.prepare(LIST), PENDING_COLUMNS, { ...reading, otherwise: PENDING_OTHERWISE }),

    async claim(id, { nowMs, untilMs }) {
      const statement = prepared(d1, claimStatement(db, id, { nowMs, untilMs }));
      const otherwise = { payload: null, attempts: 1 };
      const [claimed] = await readRows(statement, CLAIMED_COLUMNS, { ...reading, otherwise });
      if (!claimed) return null;
      const { payload, attempts: made } = claimed;
      if (payload?.id === id) return { notification: payload, attempts: made };
      if (payload) tell({ table: "notifications", key: `id ${id}` }, "payload: another message");
      await db.batch([db.update(notifications).set(failedWith("unreadable", nowMs)).where(isPending(id))]);
      return null;
    },

    async extend(id, { attempt, untilMs }) {
      const { attempts, claimedUntilMs } = notifications;
      const isOwn = and(isPending(id), eq(attempts, attempt), gt(claimedUntilMs, 0));
      await db.batch([db.update(notifications).set({ claimedUntilMs: untilMs }).where(isOwn)]);
    },

    async peek(id) {
      const statement = prepared(d1, db.select(CLAIMED_COLUMNS).from(notifications).where(isPending(id)));
      const [row] = await readRows(statement, CLAIMED_COLUMNS, { ...reading, otherwise: { attempts: 0 } });
      return row?.payload.id === id ? { notification: row.payload, attempts: row.attempts } : null;
    },

    async settle(result) {
      const { atMs, channel, forwarded, settlement } = result;
      const sinceMs = settlement.kind === "replaced" ? settlement.createdAtMs : atMs;
      await d1.batch([
        prepared(d1, settleStatement(db, result)),
        ...(channel ? [putChannel(d1, channel)] : []),
        ...putNotifications(d1, forwarded, sinceMs),
      ]);
    },

    channelStates: () => listChannels(d1, tell),
    listRelated: (to) => listRelated(d1, to, reading),
    lastDrill: () => lastDrill(d1, reading),

    countSentSince: (channel, sinceMs) => countSentSince(db, channel, sinceMs),

    async forgetEndedBefore(beforeMs) {
      const forget = d1.prepare(FORGET).bind(beforeMs, FORGET_STEP);
      while ((await forget.run()).meta.changes === FORGET_STEP);
    },
  };
}

/**
 * A statement for each: a bound value has at most 2 MB.
 * @param createdAtMs since when they wait, epoch ms: when they were decided, unless they waited elsewhere before
 */
export function putNotifications(
  d1: D1Database,
  outgoing: readonly Outgoing[],
  createdAtMs: number | null = null,
): D1PreparedStatement[] {
  return outgoing.flatMap(({ channel, notification }) => {
    const { id, alerts, atMs } = notification;
    const sinceMs = createdAtMs ?? atMs;
    const about = { alertIds: alerts.map((alert) => alert.id), payload: notification };
    const times = {
      createdAtMs: sinceMs,
      dueMs: sinceMs,
      elsewhereAtMs: elsewhereAtMs(channel, notification, sinceMs),
    };
    const row = { id, channel, state: "pending", ...about, ...times } as const;
    return insertRows(d1, { or: "ignore", into: notifications }, [row]);
  });
}

async function countSentSince(db: DrizzleD1Database, channel: string, sinceMs: number): Promise<number> {
  const { endedAtMs, createdAtMs, channel: name, fingerprint } = notifications;
  const atMs = sql`coalesce(${endedAtMs}, ${createdAtMs})`;
  // A recipient who was alone stood under the name of the channel once, when nothing was said of its settings.
  const wasAlone = and(eq(name, channelOf(channel)), isNull(fingerprint));
  const isRecent = and(or(eq(name, channel), wasAlone), between(atMs, sinceMs, sinceMs + COUNTED_MS));
  const [[row]] = await db.batch([db.select({ count: COPIES }).from(notifications).where(isRecent)]);
  return row?.count ?? 0;
}

async function lastDrill(d1: D1Database, reading: ReadOptions<object>): Promise<DrillReport | null> {
  const columns = { createdAtMs: notifications.createdAtMs, ...MESSAGE_COLUMNS };
  // What is not known is not said to have arrived.
  const otherwise = { state: "pending", endedAtMs: null, failure: null } as const;
  const rows = await readRows(d1.prepare(LAST_DRILL), columns, { ...reading, otherwise });
  const messages = rows.map(({ id: _id, createdAtMs: _at, ...message }) => message);
  return rows[0] ? { atMs: rows[0].createdAtMs, messages } : null;
}

function claimStatement(db: DrizzleD1Database, id: string, { nowMs, untilMs }: { nowMs: number; untilMs: number }) {
  const { attempts, claimedUntilMs } = notifications;
  return (
    db
      .update(notifications)
      .set({ claimedUntilMs: untilMs, attempts: sql`min(${attempts}, ${MOST_ATTEMPTS}) + 1` })
      // Not `<= nowMs`: a claim until a time that is none, or by a clock that was ahead, would hold for ever.
      .where(and(isPending(id), not(between(claimedUntilMs, nowMs + 1, nowMs + DAY_MS))))
      .returning(CLAIMED_COLUMNS)
  );
}

function isPending(id: string) {
  return and(eq(notifications.id, id), IS_PENDING);
}

function failedWith(failure: DeliveryFailure, endedAtMs: number) {
  return { state: "failed", endedAtMs, failure } as const;
}

function settleStatement(db: DrizzleD1Database, { id, atMs, settlement, channel, alertIds }: AttemptResult) {
  const update = db.update(notifications);
  const told = { ...(channel && { fingerprint: channel.fingerprint }), ...(alertIds && { alertIds: [...alertIds] }) };
  switch (settlement.kind) {
    case "sent": {
      const { receipt } = settlement;
      return update.set({ state: "sent", endedAtMs: atMs, receipt, failure: null, ...told }).where(isPending(id));
    }
    case "elsewhere":
      return update.set({ elsewhereAtMs: null }).where(isPending(id));
    case "replaced":
      return db.delete(notifications).where(isPending(id));
    case "failed":
      return update.set({ ...failedWith(settlement.failure, atMs), ...told }).where(isPending(id));
    case "again": {
      const { dueMs, fingerprint, failure, attempt, mayHaveArrived } = settlement;
      const isLast = lte(notifications.attempts, attempt);
      // A claim is given back once, so what is written twice counts once.
      const arrivals = sql`${notifications.arrivals} + (${mayHaveArrived} and ${notifications.claimedUntilMs} > 0)`;
      // It was decided before it was tried, whatever the clock said then.
      const createdAtMs = sql`min(${notifications.createdAtMs}, ${atMs})`;
      return update
        .set({ createdAtMs, dueMs, fingerprint, failure, claimedUntilMs: 0, arrivals })
        .where(and(isPending(id), isLast));
    }
  }
}
