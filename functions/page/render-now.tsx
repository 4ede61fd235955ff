/**
 * The page of the present moment in fragments, by the same views as the whole page, so that a page which is kept up to date by them
 * is the one that a browser would load. Called by live/now-feed.ts. Pure.
 * Invariant: a fragment is its markup and nothing of the moment at which it was made: what a clock says in it is left to the browser.
 */
import { formatNewsPlace } from "../../shared/domain/history/news-place.ts";
import { numberOf, type Fragment, type Fragments, type Rendering } from "../live/now-told.ts";
import { untimed } from "./clock-texts.ts";
import type { NowModel } from "./now-model.ts";
import { SECTIONS } from "./views/now.tsx";
import { ServiceLine } from "./views/services.tsx";

interface Moment {
  /** Null: this is the first one. */
  readonly before: Rendering | null;
  readonly nowMs: number;
}

export function renderNow(now: NowModel, { before, nowMs }: Moment): Rendering {
  const place = numberOf(now.place);
  const changedAt = before && before.place >= place ? Infinity : place;
  const sections = Object.entries(SECTIONS).map(
    ([key, Section]) => [key, <Section now={now} nowMs={nowMs} />] as const,
  );
  const rows = now.rows.map((row) => [row.id, <ServiceLine row={row} nowMs={nowMs} />] as const);
  return {
    place,
    id: formatNewsPlace(now.place),
    atMs: now.updatedAtMs,
    overall: now.overall,
    order: now.rows.map(({ id }) => id),
    sections: carryOver(before?.sections, sections, changedAt),
    rows: carryOver(before?.rows, rows, changedAt),
  };
}

type Made = readonly (readonly [key: string, markup: { toString(): string | Promise<string> }])[];

/** Those that are as they were stay what they are. */
function carryOver(before: Fragments | undefined, made: Made, changedAt: number): Fragments {
  return new Map(
    made.map(([key, markup]): [string, Fragment] => {
      const html = untimed(String(markup));
      const known = before?.get(key);
      return [key, known?.html === html ? known : { html, changedAt }];
    }),
  );
}
