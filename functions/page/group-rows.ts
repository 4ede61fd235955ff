/**
 * The rows of the services as they are shown: few in one table; many in groups, as configured or by the machine that they run on, each
 * folded while all is well there. Pure. Used by now-model.ts, drawn by views/services.tsx.
 * Invariants: what needs a look is always among what is shown; a group stays where it is, whatever happens in it.
 */
import { matchesWords } from "../../shared/domain/text/matches-words.ts";
import type { ServiceRow } from "./service-row.ts";
import { GLYPHS, groupOf, needsLook, wordOf } from "./status-words.ts";

/** From so many on a page of one table is more than a person reads. */
const GROUPED_FROM = 30;

/** A row takes some 50 µs to write, and with a thousand of them the page would take as long as a probe may. */
const MOST_ROWS = 200;

export interface RowGroup {
  /** The same for as long as the configuration is. */
  readonly key: string;
  /** Null: there is only one, which has none. */
  readonly name: string | null;
  readonly rows: readonly ServiceRow[];
  /** With those that are not shown. */
  readonly total: number;
  readonly needLook: number;
  /** How many have what is looked for, with those that are not shown. */
  readonly found: number;
}

const OTHERS = "others";

/**
 * Of those that are looked for as many are shown as of the others.
 * @param rows what needs a look first
 * @param services in the order of the configuration
 * @param filter words that are looked for; empty: nothing is
 */
export function groupRows(
  rows: readonly ServiceRow[],
  services: readonly Pick<ServiceRow, "group">[],
  filter = "",
): readonly RowGroup[] {
  const names = [...new Set(services.map(({ group }) => group))];
  const isGrouped = rows.length >= GROUPED_FROM && names.length >= 2;
  const nameOf = ({ group }: ServiceRow): string | null => (isGrouped ? (group ?? OTHERS) : null);
  const found = filter === "" ? [] : rows.filter((row) => isFound(row, nameOf(row), filter));
  const first = rows.slice(0, Math.max(MOST_ROWS, rows.filter(({ status }) => needsLook(status)).length));
  const shown = new Set([...first, ...found.slice(0, MOST_ROWS)]);
  const groupFrom = (key: string, name: string | null, all: readonly ServiceRow[]): RowGroup => ({
    key,
    name,
    rows: all.filter((row) => shown.has(row)),
    total: all.length,
    needLook: all.filter(({ status }) => needsLook(status)).length,
    found: found.filter((row) => nameOf(row) === name).length,
  });
  if (!isGrouped) return [groupFrom("all", null, rows)];
  return names.map((group, index) =>
    groupFrom(
      String(index),
      group ?? OTHERS,
      rows.filter((row) => row.group === group),
    ),
  );
}

/** By what its row says and what its group is called, as in the browser (client/filter.ts). */
export function isFound({ id, name, status, message }: ServiceRow, group: string | null, filter: string): boolean {
  const state = `${GLYPHS[groupOf(status)]} ${wordOf(status)}`;
  return matchesWords(`${group ?? ""} ${id} ${state} ${name} ${message ?? ""}`, filter);
}
