/**
 * Marks: what people, CI and agents note beside the history, such as deploys. The table and its queries.
 * Knows no endpoint. Invariants: the same mark sent again is one; no more are kept than can be drawn, the oldest go; of one that was
 * withdrawn its row stays without its text, since it has a place in the order of the news (news.ts).
 */
import type { D1Database } from "@cloudflare/workers-types";
import { getTableColumns, sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { countIn } from "./checked-value.ts";
import { fillPage } from "./fill-page.ts";
import { readRow } from "./stored-rows.ts";
import { listNames } from "./statements.ts";
import type { Tell } from "./unreadable.ts";

/** Some ten a day for years; a program that marks by mistake pushes out no more than other marks. */
export const MOST_MARKS = 10_000;

export const marks = sqliteTable(
  "marks",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    atMs: integer("at_ms").notNull(),
    /** Empty: about the cluster. */
    service: text("service").notNull(),
    text: text("text").notNull(),
    author: text("author").notNull(),
    /** Whether strangers may read it. */
    isPublic: integer("is_public", { mode: "boolean" }).notNull().default(false),
    /** Then it is shown to nobody, and has no text. */
    isWithdrawn: integer("is_withdrawn", { mode: "boolean" }).notNull().default(false),
    /** Of the commit that came next; null: from before there was news.ts. */
    generation: integer("generation"),
  },
  ({ atMs, service, text: words, author, generation, isPublic, isWithdrawn }) => [
    index("marks_by_time").on(atMs),
    index("marks_by_generation").on(generation),
    index("marks_public")
      .on(atMs)
      .where(sql`${isPublic} = 1`),
    uniqueIndex("marks_once")
      .on(service, atMs, words, author, isPublic)
      .where(sql`${isWithdrawn} = 0`),
  ],
);

export interface NewMark {
  /** Epoch ms. */
  readonly atMs: number;
  /** The key of a service; null: about the cluster. */
  readonly service: string | null;
  readonly text: string;
  readonly author: string;
  /** Whether strangers may read its text, at /status. */
  readonly isPublic: boolean;
}

/** `seq` grows with every mark. */
export interface Mark extends NewMark {
  readonly seq: number;
}

interface Reading {
  readonly db: D1Database;
  readonly tell: Tell;
}

const { generation: _orders_news_only, isWithdrawn: _is_asked_for, ...columns } = getTableColumns(marks);

/** For a select by hand of what `readMark` reads. */
export const MARK_COLUMNS = listNames(columns);

/** Null for a row that cannot be read. */
export function readMark(row: Readonly<Record<string, unknown>>, tell: Tell): Mark | null {
  const mark = readRow(row, columns, { key: marks.seq, tell });
  return mark && { ...mark, service: mark.service === "" ? null : mark.service };
}

const ADD = `insert or ignore into marks (at_ms, service, text, author, is_public, generation)
  values (?1, ?2, ?3, ?4, ?5, 1 + coalesce((select ${countIn("generation", "0")} from snapshot where id = 1), 0))`;
const FIND =
  "select seq from marks where service = ?2 and at_ms = ?1 and text = ?3 and author = ?4 and is_public = ?5 and is_withdrawn = 0";
const FORGET = "delete from marks where seq <= (select seq from marks order by seq desc limit 1 offset ?1)";

/** Stores it, unless the same one is stored already. */
export async function addMark(db: D1Database, mark: NewMark): Promise<Mark> {
  const values = [mark.atMs, mark.service ?? "", mark.text, mark.author, mark.isPublic ? 1 : 0];
  const [, found] = await db.batch<{ seq: number }>([
    db.prepare(ADD).bind(...values),
    db.prepare(FIND).bind(...values),
    db.prepare(FORGET).bind(MOST_MARKS),
  ]);
  return { ...mark, seq: found?.results[0]?.seq ?? 0 };
}

/** As acting on an alert is in the audit trail, in the same transaction. */
const NOTE = `insert into audit (at_ms, actor, action, target, detail)
  select ?2, ?3, 'mark.withdrawn', ?4, json_object('text', text, 'author', author) from marks where seq = ?1 and is_withdrawn = 0`;
const WITHDRAW =
  "update marks set is_withdrawn = 1, is_public = 0, text = '' where seq = ?1 and is_withdrawn = 0 returning seq";

export interface Withdrawal {
  readonly seq: number;
  /** As people call it in the audit trail. */
  readonly id: string;
  readonly actor: string;
  readonly atMs: number;
}

/** False: there is no such mark, or no more. */
export async function withdrawMark(db: D1Database, { seq, id, actor, atMs }: Withdrawal): Promise<boolean> {
  const [, withdrawn] = await db.batch([db.prepare(NOTE).bind(seq, atMs, actor, id), db.prepare(WITHDRAW).bind(seq)]);
  return (withdrawn?.results.length ?? 0) > 0;
}

export interface MarkQuery {
  /** Epoch ms, inclusive. */
  readonly sinceMs: number;
  /** Epoch ms, exclusive. */
  readonly untilMs: number;
  /** Those of a service and of the cluster; null: all. */
  readonly service: string | null;
  /** The last one of the page before; null for the first page. */
  readonly after: Pick<Mark, "atMs" | "seq"> | null;
  /** 1–1000. */
  readonly limit: number;
}

const PAGE = `select ${MARK_COLUMNS} from marks
  where is_withdrawn = 0 and at_ms >= ?1 and at_ms < ?2 and (?3 is null or service in (?3, '')) and (?4 is null or (at_ms, seq) < (?4, ?5))
  order by at_ms desc, seq desc limit ?6`;

/** Newest first. */
export function listMarks({ db, tell }: Reading, query: MarkQuery): Promise<Mark[]> {
  const { sinceMs, untilMs, service, after } = query;
  return fillPage(query.limit, {
    select(last, limit) {
      const place = last ? [last["at_ms"], last["seq"]] : [after?.atMs ?? null, after?.seq ?? null];
      return db.prepare(PAGE).bind(sinceMs, untilMs, service, ...place, limit);
    },
    read: (row) => readMark(row, tell),
  });
}

export type MarkRange = Pick<MarkQuery, "sinceMs" | "untilMs"> & { readonly service: string };

/** Of an index alone, which has all it asks for. */
const COUNT =
  "select count(*) as marks from marks where is_withdrawn = 0 and service in (?3, '') and at_ms >= ?1 and at_ms < ?2";

/** How many there are of a service and of the cluster, those that cannot be read included. */
export async function countMarks({ db }: Reading, { sinceMs, untilMs, service }: MarkRange): Promise<number> {
  const row = await db.prepare(COUNT).bind(sinceMs, untilMs, service).first<{ marks: number }>();
  return row?.marks ?? 0;
}

const PUBLIC = `select ${MARK_COLUMNS} from marks
  where is_public = 1 and at_ms >= ?1 order by at_ms desc, seq desc limit ?2`;

/** What strangers may read of what has been noted since an instant, newest first. */
export async function listPublicMarks({ db, tell }: Reading, sinceMs: number, most: number): Promise<Mark[]> {
  const { results } = await db.prepare(PUBLIC).bind(sinceMs, most).all<Readonly<Record<string, unknown>>>();
  return results.flatMap((row) => readMark(row, tell) ?? []);
}
