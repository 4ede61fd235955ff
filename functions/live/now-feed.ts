/**
 * What is to be told to who has the page of the present moment open: the fragments of it that have changed, rendered once a commit for
 * all of them. Made once a monitor; `GET /events?view=now` asks it.
 * Invariants: who has been told everything has the page that a browser would load now; at the edge, where each version is another one,
 * requests share what was rendered and no promise.
 */
import type { NewsPlace } from "../../shared/domain/history/news-place.ts";
import { formatOptional } from "../../shared/domain/text/timestamp.ts";
import type { MonitorContext } from "../context.ts";
import { formatEvent } from "../http/event-stream.ts";
import type { NowModel } from "../page/now-model.ts";
import { renderNow } from "../page/render-now.tsx";
import type { NowSnapshot } from "./event-data.ts";
import type { Feed, Step } from "./feed.ts";
import { numberOf, type Fragment, type Fragments, type NowTold, type Rendering } from "./now-told.ts";

interface Uses extends Pick<MonitorContext, "clock" | "log" | "snapshots" | "boards" | "commits" | "cluster"> {
  /** What the page shows. Rejects when the database fails. */
  read(nowMs: number): Promise<NowModel>;
}

type NowStep = Step<NowTold>;

/** Of those who have been told the same. */
interface Latest {
  readonly cluster: unknown;
  readonly told: NowTold & { readonly rendering: Rendering; readonly board: { readonly staleAtMs: number } };
  /** What brings who has an earlier rendering to it. */
  readonly steps: WeakMap<Rendering, NowStep>;
  /** What brings who has only just come, by what its page shows already. */
  readonly firstSteps: Map<number | null, NowStep>;
}

/** Who comes with another place gets bytes of its own; a page is seconds old when it begins to listen. */
const MOST_FIRST_STEPS = 50;

const ENCODER = new TextEncoder();

export class NowFeed implements Feed<NewsPlace, NowTold> {
  readonly #uses: Uses;
  #latest: Latest | null = null;
  #looking: { readonly version: number; readonly latest: Promise<Latest> } | null = null;

  constructor(uses: Uses) {
    this.#uses = uses;
  }

  begin(place: NewsPlace | null): NowTold {
    return { rendering: null, place: place && numberOf(place), board: null };
  }

  async next(told: NowTold): Promise<NowStep> {
    try {
      const latest = await this.#look();
      return latest.told.rendering === told.rendering ? { told, bytes: null } : stepFrom(told, latest);
    } catch (error) {
      this.#uses.log.write("warn", "the page could not be read", { error: String(error) });
      return { told, bytes: null };
    }
  }

  #look(): Promise<Latest> {
    const { commits } = this.#uses;
    const { version } = commits;
    if (this.#looking?.version === version && !this.#isStale()) return this.#looking.latest;
    const latest = this.#lookNow();
    this.#looking = { version, latest };
    latest.catch(() => (this.#looking = null));
    return latest;
  }

  #isStale(): boolean {
    const staleAtMs = this.#latest?.told.board.staleAtMs ?? Infinity;
    return this.#uses.clock.nowMs() >= staleAtMs;
  }

  async #lookNow(): Promise<Latest> {
    const { snapshots, cluster: currentCluster, clock, read } = this.#uses;
    const cluster = currentCluster();
    const generation = (await snapshots.read())?.generation ?? 0;
    const before = this.#latest;
    if (
      before &&
      Math.floor(before.told.rendering.place) === generation &&
      before.cluster === cluster &&
      !this.#isStale()
    )
      return before;
    const nowMs = clock.nowMs();
    const model = await read(nowMs);
    // Another request may have been faster, and have read later.
    const newest = this.#latest;
    if (newest && newest.told.rendering.place > numberOf(model.place)) return newest;
    const rendering = renderNow(model, { before: newest?.told.rendering ?? null, nowMs });
    const told = { rendering, place: null, board: { staleAtMs: model.changesAtMs } };
    return (this.#latest = { cluster, told, steps: new WeakMap(), firstSteps: new Map() });
  }
}

/** Those who have the same are told the same bytes: hundreds of whole pages at once would be gigabytes. */
function stepFrom({ rendering: before, place }: NowTold, latest: Latest): NowStep {
  const { told, steps, firstSteps } = latest;
  // A page of another database, or of one that was put back, is newer than all we know.
  const known = place !== null && place <= told.rendering.place ? place : null;
  const shared = before ? steps.get(before) : firstSteps.get(known);
  if (shared) return shared;
  const step = { told, bytes: encodeStep(told.rendering, before, known) };
  if (before) steps.set(before, step);
  else if (firstSteps.size < MOST_FIRST_STEPS) firstSteps.set(known, step);
  return step;
}

/** @param known where `before` is null: the place of what is shown already, null for nothing */
function encodeStep(rendering: Rendering, before: Rendering | null, known: number | null) {
  const { sections, rows } = before
    ? { sections: otherThan(before.sections, rendering.sections), rows: otherThan(before.rows, rendering.rows) }
    : { sections: changedSince(known, rendering.sections), rows: changedSince(known, rendering.rows) };
  const data: NowSnapshot = {
    at: formatOptional(rendering.atMs),
    overall: rendering.overall,
    order: rendering.order,
    sections,
    rows,
  };
  return ENCODER.encode(formatEvent({ event: "snapshot", id: rendering.id, data }));
}

type Html = NowSnapshot["rows"];

function otherThan(before: Fragments, now: Fragments): Html {
  return htmlOf(now, (key, fragment) => before.get(key) !== fragment);
}

/** `place` null: everything. */
function changedSince(place: number | null, now: Fragments): Html {
  return htmlOf(now, (_key, { changedAt }) => place === null || changedAt > place);
}

function htmlOf(fragments: Fragments, isWanted: (key: string, fragment: Fragment) => boolean): Html {
  const wanted = [...fragments].filter(([key, fragment]) => isWanted(key, fragment));
  return Object.fromEntries(wanted.map(([key, { html }]) => [key, html]));
}
