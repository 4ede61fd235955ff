/**
 * A store that commits what a test says, and the feed over it: what listeners are told, without HTTP.
 */
import { expect } from "vitest";
import { EventFeed } from "../../functions/live/event-feed.ts";
import type { Told } from "../../functions/live/feed.ts";
import { CommitWaker } from "../../shared/common/commit-waker.ts";
import { parseNewsPlace } from "../../shared/domain/history/news-place.ts";
import type { Check, CheckStatus } from "../../shared/domain/monitoring/check.ts";
import { StatusBoards } from "../../shared/domain/monitoring/status-board.ts";
import { advanceSince, SINCE_NOTHING } from "../../shared/domain/monitoring/status-since.ts";
import { findTransitions, type Transition } from "../../shared/domain/monitoring/transition.ts";
import type { Turns } from "../../shared/ports/turns.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { addMark } from "../../shared/storage/marks.ts";
import { check, failing, moment, rosterEntry, T0 } from "./checks.ts";
import { FakeClock } from "./fake-clock.ts";
import { parseEvents, type HeardEvent } from "./server-sent-events.ts";
import { sqliteTestDatabase } from "./sqlite-database.ts";
import { commitOf } from "./stored-sweeps.ts";

export type Changes = Readonly<Record<string, CheckStatus>>;

export function newsBench(serviceIds: readonly string[] = ["a", "b", "c"], turns: Turns | null = null) {
  const database = sqliteTestDatabase();
  const clock = new FakeClock(T0);
  const { db } = database;
  const store = createD1Store(db);
  const roster = serviceIds.map((id) => rosterEntry(id));
  const commits = new CommitWaker({ clock, nextTurn: async () => {} });
  const transitions: Transition[] = [];
  const marks: string[] = [];
  let fails = false;
  const snapshots = { read: (): Promise<Snapshot | null> => store.readSnapshot() };
  const log = { write: (_level: string, message: string): never => expect.fail(message) };
  const readable = new Proxy(db, {
    get(target, name, receiver) {
      if (fails && name === "batch") return () => Promise.reject(new Error("disk I/O error"));
      const value: unknown = Reflect.get(target, name, receiver);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const uses = { db: readable, tell() {}, log, clock, snapshots, boards: new StatusBoards(), commits, turns };
  const feed = new EventFeed(uses);

  return {
    clock,
    commits,
    /** For whoever else looks at what is stored. */
    uses,
    feed,
    /** In the order in which they are told. */
    transitions,
    marks,
    /** From now on reading the news fails, or works again. */
    breakStorage: (isBroken: boolean): void => void (fails = isBroken),
    async commit(changes: Changes): Promise<void> {
      await clock.advance(1_000);
      const nowMs = clock.nowMs();
      const last = await store.readSnapshot();
      const make = (id: string, status: CheckStatus): Check =>
        status === "healthy" ? check(id, nowMs) : failing(id, nowMs, { status });
      const checks = Object.entries(changes).map(([id, status]) => make(id, status));
      const before = last?.moment.checks ?? new Map<string, Check>();
      const next = moment(nowMs, [...before.values(), ...checks], { roster });
      const found = findTransitions(before, checks, roster);
      const step = { previous: last?.moment ?? null, moment: next, transitions: found };
      const since = advanceSince(last?.since ?? SINCE_NOTHING, step);
      const commit = { ...commitOf(next, checks, last?.generation ?? 0), transitions: found, since };
      expect(await store.commitSweep(commit)).toBe("committed");
      transitions.push(...found.toSorted((left, right) => (left.serviceId < right.serviceId ? -1 : 1)));
      commits.wake();
    },
    async mark(text: string): Promise<void> {
      await addMark(db, { atMs: clock.nowMs(), service: null, text, author: "kim", isPublic: false });
      marks.push(text);
      commits.wake();
    },
    close: () => database.close(),
  };
}

export type NewsBench = ReturnType<typeof newsBench>;

/** A client that breaks off wherever it is told to, and comes again with the id it heard last. */
export class NewsClient {
  readonly heard: HeardEvent[] = [];
  readonly #bench: NewsBench;
  #told: Told;
  #lastId = "";

  constructor(bench: NewsBench) {
    this.#bench = bench;
    this.#told = bench.feed.begin(null);
  }

  get lastId(): string {
    return this.#lastId;
  }

  /** Hears what there is; `characters`: so many of each piece reach it, and then it comes again. False: nothing new. */
  async hear(characters = Infinity): Promise<boolean> {
    const { told, bytes } = await this.#bench.feed.next(this.#told);
    const isNew = told !== this.#told;
    this.#told = told;
    const text = new TextDecoder().decode(bytes ?? new Uint8Array());
    const events = parseEvents(text.slice(0, characters), this.#lastId);
    this.heard.push(...events);
    this.#lastId = events.at(-1)?.id ?? this.#lastId;
    if (characters < text.length) this.comeAgain();
    return isNew;
  }

  async hearAll(): Promise<void> {
    while (await this.hear());
  }

  comeAgain(): void {
    this.#told = this.#bench.feed.begin(this.#lastId === "" ? null : parseNewsPlace(this.#lastId));
  }
}
