/**
 * The outbox over the D1 interface, the same on both hosts: rows of `notifications` and `channels`.
 * Hosts hand it their database; `write-sweep.ts` adds the rows in its own commit.
 * Invariant: a claim is one conditional update, so of two who send the same row one finds it taken.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import type { Notification } from "../domain/alerting/notification.ts";
import type { AttemptResult, ChannelState, Outbox, PendingNotification } from "../ports/outbox.ts";
import { lastDrill, listDecidedNear, parsedOr } from "./outbox-lookups.ts";
import { putNotification } from "./write-alerting.ts";

/** Of each channel: one that takes nothing for a day must not crowd out the others. */
const MOST_PENDING = 500;
const FORGET_STEP = 500;

const LIST = `select id, channel, alert_ids, created_at_ms, due_ms, claimed_until_ms from
  (select *, row_number() over (partition by channel order by seq) as place from notifications where state = 'pending')
  where place <= ${MOST_PENDING} order by seq`;

const CLAIM = `update notifications set claimed_until_ms = ?3, attempts = attempts + 1
  where id = ?1 and state = 'pending' and claimed_until_ms <= ?2 returning payload, attempts`;

const SENT = `update notifications set state = 'sent', ended_at_ms = ?2, receipt = ?3, failure = null
  where id = ?1 and state = 'pending'`;
const FAILED = `update notifications set state = 'failed', ended_at_ms = ?2, failure = ?3
  where id = ?1 and state = 'pending'`;
const AGAIN = `update notifications set due_ms = ?2, failure = ?3, claimed_until_ms = 0
  where id = ?1 and state = 'pending' and attempts = ?4`;

// A result that could be written down only later must not hide what was found since.
const PUT_CHANNEL = `insert into channels
  (name, failures, is_broken, failure, message, not_before_ms, sent_at_ms, failed_at_ms) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
  on conflict (name) do update set failures = ?2, is_broken = ?3, failure = ?4, message = ?5, not_before_ms = ?6,
    sent_at_ms = ?7, failed_at_ms = ?8
  where max(coalesce(sent_at_ms, 0), coalesce(failed_at_ms, 0)) <= max(coalesce(?7, 0), coalesce(?8, 0))`;

interface PendingRow {
  readonly id: string;
  readonly channel: string;
  readonly alert_ids: string;
  readonly created_at_ms: number;
  readonly due_ms: number;
  readonly claimed_until_ms: number;
}

interface ChannelRow {
  readonly name: string;
  readonly failures: number;
  readonly is_broken: number;
  readonly failure: ChannelState["failure"];
  readonly message: string | null;
  readonly not_before_ms: number;
  readonly sent_at_ms: number | null;
  readonly failed_at_ms: number | null;
}

/** The whole database must have been migrated. Holds nothing. */
export function createOutbox(db: D1Database): Outbox {
  return {
    async listPending() {
      const { results } = await db.prepare(LIST).all<PendingRow>();
      return results.map(pendingOf);
    },

    async claim(id, { nowMs, untilMs }) {
      const row = await db.prepare(CLAIM).bind(id, nowMs, untilMs).first<{ payload: string; attempts: number }>();
      if (!row) return null;
      const notification = parsedOr<Notification | null>(row.payload, null);
      if (notification) return { notification, attempts: row.attempts };
      await db.prepare(FAILED).bind(id, nowMs, "unreadable").run();
      return null;
    },

    async settle(result) {
      await db.batch(settleStatements(db, result));
    },

    async channelStates() {
      const { results } = await db.prepare("select * from channels order by name").all<ChannelRow>();
      return results.map(channelOf);
    },

    listDecidedNear: (atMs) => listDecidedNear(db, atMs),
    lastDrill: () => lastDrill(db),

    async countSentSince(channel, sinceMs) {
      const sql =
        "select count(*) as count from notifications where channel = ? and state = 'sent' and ended_at_ms >= ?";
      return (await db.prepare(sql).bind(channel, sinceMs).first<{ count: number }>())?.count ?? 0;
    },

    async forgetEndedBefore(beforeMs) {
      const sql = `delete from notifications where seq in
        (select seq from notifications where state <> 'pending' and ended_at_ms < ? order by seq limit ${FORGET_STEP})`;
      for (;;) {
        const { meta } = await db.prepare(sql).bind(beforeMs).run();
        if (meta.changes < FORGET_STEP) return;
      }
    },
  };
}

function settleStatements(
  db: D1Database,
  { id, atMs, settlement, channel, forwarded }: AttemptResult,
): D1PreparedStatement[] {
  return [
    settlementStatement(db, id, { atMs, settlement }),
    ...(channel ? [putChannel(db, channel)] : []),
    ...forwarded.map((each) => putNotification(db, each, atMs)),
  ];
}

function settlementStatement(
  db: D1Database,
  id: string,
  { atMs, settlement }: Pick<AttemptResult, "atMs" | "settlement">,
): D1PreparedStatement {
  switch (settlement.kind) {
    case "sent":
      return db.prepare(SENT).bind(id, atMs, settlement.receipt);
    case "failed":
      return db.prepare(FAILED).bind(id, atMs, settlement.failure);
    case "again":
      return db.prepare(AGAIN).bind(id, settlement.dueMs, settlement.failure, settlement.attempt);
  }
}

function putChannel(db: D1Database, state: ChannelState): D1PreparedStatement {
  const { name, failures, isBroken, failure, message, notBeforeMs, sentAtMs, failedAtMs } = state;
  return db
    .prepare(PUT_CHANNEL)
    .bind(name, failures, isBroken ? 1 : 0, failure, message, notBeforeMs, sentAtMs, failedAtMs);
}

function pendingOf(row: PendingRow): PendingNotification {
  return {
    id: row.id,
    channel: row.channel,
    alertIds: parsedOr(row.alert_ids, []),
    createdAtMs: row.created_at_ms,
    dueMs: row.due_ms,
    claimedUntilMs: row.claimed_until_ms,
  };
}

function channelOf(row: ChannelRow): ChannelState {
  return {
    name: row.name,
    failures: row.failures,
    isBroken: row.is_broken === 1,
    failure: row.failure,
    message: row.message,
    notBeforeMs: row.not_before_ms,
    sentAtMs: row.sent_at_ms,
    failedAtMs: row.failed_at_ms,
  };
}
