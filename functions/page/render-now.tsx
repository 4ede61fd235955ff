/**
 * The page of the present moment in fragments, by the same views as the whole page, so that a page which is kept up to date by them
 * is the one that a browser would load. Called by live/now-feed.ts. Pure.
 * Invariant: a fragment is its markup and nothing of the moment at which it was made: what a clock says in it is left to the browser.
 */
import { formatNewsPlace } from "../../shared/domain/history/news-place.ts";
import { numberOf, type Fragment, type Fragments, type Rendering } from "../live/now-told.ts";
import { untimed } from "./clock-texts.ts";
import type { NowModel } from "./now-model.ts";
import type { ServiceRow } from "./service-row.ts";
import { SECTIONS } from "./views/now.tsx";
import { ServiceLine } from "./views/service-line.tsx";
import { GroupSummary } from "./views/services.tsx";

interface Moment {
  /** Null: this is the first one. */
  readonly before: Rendering | null;
  readonly nowMs: number;
}

export function renderNow(now: NowModel, { before, nowMs }: Moment): Rendering {
  const place = numberOf(now.place);
  const changedAt = before && before.place >= place ? Infinity : place;
  const shared = Object.entries(SECTIONS).map(
    ([key, Section]) => [key, () => <Section now={now} nowMs={nowMs} />] as const,
  );
  const groups = now.groups
    .filter(({ name }) => name !== null)
    .map((group) => [`group-${group.key}`, () => <GroupSummary group={group} />] as const);
  const lines = now.groups.flatMap(({ key, rows }) => rows.map((row) => ({ row, group: key })));
  const isKnown = (row: ServiceRow): boolean => isSameRow(before?.lines.get(row.id), row);
  return {
    place,
    id: formatNewsPlace(now.place),
    atMs: now.updatedAtMs,
    overall: now.overall,
    order: lines.map(({ row }) => row.id),
    sections: carryOver(before?.sections, [...shared, ...groups], changedAt),
    rows: carryOver(
      before?.rows,
      lines.map((line) => [line.row.id, isKnown(line.row) ? null : () => <ServiceLine {...line} nowMs={nowMs} />]),
      changedAt,
    ),
    lines: new Map(lines.map(({ row }) => [row.id, row])),
  };
}

/** Null: as it was. */
type Making = (() => { toString(): string | Promise<string> }) | null;

/** Those that are as they were stay what they are. */
function carryOver(
  before: Fragments | undefined,
  makings: readonly (readonly [key: string, make: Making])[],
  changedAt: number,
): Fragments {
  return new Map(
    makings.map(([key, make]): [string, Fragment] => {
      const known = before?.get(key);
      const html = make ? untimed(String(make())) : (known?.html ?? "");
      return [key, known?.html === html ? known : { html, changedAt }];
    }),
  );
}

/** Whether it would be written in the same way. Writing a row takes some 50 µs, and of a thousand of them few change at once. */
function isSameRow(before: ServiceRow | undefined, { response, ...row }: ServiceRow): boolean {
  if (!before) return false;
  const isSameResponse = before.response?.ms === response?.ms && before.response?.isLimit === response?.isLimit;
  return isSameResponse && Object.entries(row).every(([name, value]) => before[name as keyof typeof row] === value);
}
