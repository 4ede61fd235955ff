/**
 * What is to be told to who has heard so much: the events of `GET /events` from a place on, as bytes.
 * Made once a monitor; the endpoint asks it for each listener. Listeners that have heard the same share what comes next, where one
 * process serves them all. Invariants: marks and transitions are told once to who goes on from the `id` it heard last; an alert is
 * told as it is now, before the events that follow it, and again rather than not; the `id` is never ahead of what is stored.
 */
import { formatNewsPlace, placeAfter, placeAtCommit, type NewsPlace } from "../../shared/domain/history/news-place.ts";
import type { StatusBoard } from "../../shared/domain/monitoring/status-board.ts";
import { countNewsSince, readGeneration, readNews, type News } from "../../shared/storage/news.ts";
import type { MonitorContext } from "../context.ts";
import { formatEvent, type ServerSentEvent } from "../http/event-stream.ts";
import type { Feed, Step, Told } from "./feed.ts";
import { alertEvent, itemEvent, resetEvent, snapshotEvent, type Loss } from "./event-data.ts";

/** Of marks and transitions: who has missed more had better begin anew. */
const MOST_MISSED = 1_000;

interface Found {
  readonly news: News;
  /** Where they begin. */
  readonly place: NewsPlace;
  /** Why they do not begin where the listener ended. */
  readonly loss: Loss | null;
}

type Uses = Pick<MonitorContext, "db" | "tell" | "log" | "clock" | "snapshots" | "boards" | "commits" | "turns">;

interface Shared {
  readonly version: number;
  readonly untilMs: number;
  readonly step: Promise<Step>;
}

const ENCODER = new TextEncoder();

export class EventFeed implements Feed {
  readonly #uses: Uses;
  /** By what has been told before: it is one object for all that have heard the same. */
  readonly #shared = new WeakMap<Told, Shared>();
  /** Those that begin during one version, by what they have heard. */
  #beginnings: { readonly version: number; readonly told: Map<string, Told> } = { version: -1, told: new Map() };

  constructor(uses: Uses) {
    this.#uses = uses;
  }

  begin(place: NewsPlace | null): Told {
    const { version } = this.#uses.commits;
    if (this.#beginnings.version !== version) this.#beginnings = { version, told: new Map() };
    const key = place ? formatNewsPlace(place) : "";
    const known = this.#beginnings.told.get(key);
    if (known) return known;
    const told = { place, isOurs: false, alertsUpTo: place?.generation ?? 0, board: null };
    this.#beginnings.told.set(key, told);
    return told;
  }

  next(told: Told): Promise<Step> {
    const { commits, clock } = this.#uses;
    const { version } = commits;
    const known = this.#shared.get(told);
    if (known?.version === version && clock.nowMs() < known.untilMs) return known.step;
    const step = this.#tell(told);
    this.#shared.set(told, { version, untilMs: told.board?.staleAtMs ?? Infinity, step });
    return step;
  }

  /** What listeners have missed, each something else, is read a few at a time and in turns with what must not wait. */
  async #tell(told: Told): Promise<Step> {
    const { turns } = this.#uses;
    if (!turns || !isCatchingUp(told)) return this.#tellNow(told);
    return (await turns.run(() => this.#tellNow(told))) ?? { told, bytes: null };
  }

  async #tellNow(told: Told): Promise<Step> {
    const { log, snapshots, boards, clock } = this.#uses;
    try {
      const found = await this.#find(told).catch(() => null); // /health tells of storage that fails
      // After them: an `id` says less than the board, never more.
      const snapshot = await snapshots.read();
      const nowMs = clock.nowMs();
      return compose(told, found, { board: snapshot && boards.of(snapshot, nowMs), nowMs });
    } catch (error) {
      log.write("warn", "events could not be read", { error: String(error) });
      return { told, bytes: null };
    }
  }

  async #find({ place, isOurs, alertsUpTo }: Told): Promise<Found> {
    if (place === null) return this.#findNow(null);
    if (!isOurs && (await this.#countMissed(place)) > MOST_MISSED) return this.#findNow("too_old");
    const news = await readNews(this.#uses, place, alertsUpTo);
    return news.generation < place.generation ? this.#findNow("unknown_id") : { news, place, loss: null };
  }

  async #countMissed({ generation, told }: NewsPlace): Promise<number> {
    return (await countNewsSince(this.#uses.db, generation, MOST_MISSED + told + 1)) - told;
  }

  /** From now on: what has been stored is not told. */
  async #findNow(loss: Loss | null): Promise<Found> {
    const generation = await readGeneration(this.#uses.db);
    const begin = { generation, told: 0 };
    const news = await readNews(this.#uses, begin, generation);
    const place = news.items.reduce((last, item) => placeAfter(last, item.generation), begin);
    return { news: { ...news, items: [], alerts: [] }, place, loss };
  }
}

/** It has heard of a past, and not yet of the present. */
function isCatchingUp({ place, board }: Told): boolean {
  return place !== null && board === null;
}

interface Now {
  /** Null: nothing has been committed yet. */
  readonly board: StatusBoard | null;
  readonly nowMs: number;
}

type Unplaced = Omit<ServerSentEvent, "id"> | null;

/** Events in the making: none for what cannot be read. */
class Draft {
  readonly events: ServerSentEvent[] = [];

  add(event: Unplaced, place: NewsPlace | null): void {
    if (event) this.events.push({ ...event, id: place && formatNewsPlace(place) });
  }
}

/** `found` null: storage fails. */
function compose(told: Told, found: Found | null, now: Now): Step {
  const draft = new Draft();
  const place = found ? addNews(draft, found, now.nowMs) : told.place;
  // Who has more to hear of what happened hears last what came of it.
  const board = found?.news.isMore ? told.board : now.board;
  addBoard(draft, found?.loss ? null : told.board, { board, place: found && place });
  const isSame = isSamePlace(place, told.place) && board?.staleAtMs === told.board?.staleAtMs;
  const next = isSame && draft.events.length === 0 ? told : toldNow(told, found, { place, board });
  return { told: next, bytes: encode(draft.events) };
}

/** `place` null: none is known, or stored yet, and an `id` would promise too much. */
function addBoard(draft: Draft, before: StatusBoard | null, { board, place }: Pick<Told, "place" | "board">): void {
  if (board && board !== before) draft.add(snapshotEvent(before, board), place);
}

/** Where they end. */
function addNews(draft: Draft, { news, place: begin, loss }: Found, nowMs: number): NewsPlace {
  if (loss) draft.add(resetEvent(loss), begin);
  for (const record of news.alerts) draft.add(alertEvent(record, nowMs), null);
  let place = begin;
  for (const item of news.items) {
    place = placeAfter(place, item.generation);
    draft.add(itemEvent(item), place);
  }
  return news.isMore ? place : placeAtCommit(place, news.generation);
}

function isSamePlace(one: NewsPlace | null, other: NewsPlace | null): boolean {
  return one?.generation === other?.generation && one?.told === other?.told;
}

function toldNow(told: Told, found: Found | null, { place, board }: Pick<Told, "place" | "board">): Told {
  const alertsUpTo = found?.news.generation ?? told.alertsUpTo;
  return { place, isOurs: told.isOurs || found !== null, alertsUpTo, board };
}

function encode(events: readonly ServerSentEvent[]): Step["bytes"] {
  return events.length === 0 ? null : ENCODER.encode(events.map(formatEvent).join(""));
}
