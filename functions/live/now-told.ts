/**
 * The page of the present moment in fragments, and what of it a page that is open has been told. Made by now-feed.ts of
 * page/render-now.tsx. Invariants: a later page has a larger place; a fragment that has not changed is the same object in the next rendering.
 */
import type { NewsPlace } from "../../shared/domain/history/news-place.ts";
import type { OverallStatus } from "../../shared/domain/monitoring/cluster-status.ts";
import type { ServiceRow } from "../page/service-row.ts";
import type { Feed, Heard } from "./feed.ts";

export interface Fragment {
  readonly html: string;
  /** The place of the rendering in which it was first as it is; Infinity: the place before it was the same, as after a reload. */
  readonly changedAt: number;
}

export type Fragments = ReadonlyMap<string, Fragment>;

export interface Rendering {
  readonly place: number;
  /** The same as the id of an event. */
  readonly id: string;
  /** Of the commit, epoch ms. */
  readonly atMs: number | null;
  readonly overall: OverallStatus;
  /** Keys of the services as they stand on the page. */
  readonly order: readonly string[];
  readonly sections: Fragments;
  /** By the keys of the services. */
  readonly rows: Fragments;
  /** What the rows were made of, by the same keys. */
  readonly lines: ReadonlyMap<string, ServiceRow>;
}

export interface NowTold extends Heard {
  /** Null: nothing yet. */
  readonly rendering: Rendering | null;
  /** Of the page that has been told nothing yet; null: we do not know. */
  readonly place: number | null;
}

/** Where it comes from. */
export type NowTelling = Feed<NewsPlace, NowTold>;

/** A later rendering of the same commit differs by what has become stale meanwhile, and that only grows. */
const STALENESS_SCALE = 10_000;

/** `generation` 0: nothing has been committed yet. @param told how much is stale, as behind the point of an id */
export function numberOf({ generation, told }: NewsPlace): number {
  return generation + told / STALENESS_SCALE;
}
