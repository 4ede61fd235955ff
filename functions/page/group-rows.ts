/**
 * The rows of the services as they are shown: few in one table; many in groups, as configured or by the machine that they run on, each
 * folded while all is well there. Pure. Used by now-model.ts, drawn by views/services.tsx.
 * Invariants: what needs a look is always among what is shown; a group stays where it is, whatever happens in it.
 */
import type { ServiceRow } from "./service-row.ts";
import { needsLook } from "./status-words.ts";

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
}

const OTHERS = "others";

/**
 * @param rows what needs a look first
 * @param services in the order of the configuration
 */
export function groupRows(
  rows: readonly ServiceRow[],
  services: readonly Pick<ServiceRow, "group">[],
): readonly RowGroup[] {
  const needLook = rows.filter(({ status }) => needsLook(status)).length;
  const shown = rows.slice(0, Math.max(MOST_ROWS, needLook));
  const groups = [...new Set(services.map(({ group }) => group))];
  if (rows.length < GROUPED_FROM || groups.length < 2)
    return [{ key: "all", name: null, rows: shown, total: rows.length, needLook }];
  return groups.map((group, index) => {
    const isHere = (row: ServiceRow): boolean => row.group === group;
    const all = rows.filter(isHere);
    return {
      key: String(index),
      name: group ?? OTHERS,
      rows: shown.filter(isHere),
      total: all.length,
      needLook: all.filter(({ status }) => needsLook(status)).length,
    };
  });
}
