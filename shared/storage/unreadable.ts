/**
 * Telling of stored values that cannot be read. Used by every reader of this folder.
 * Invariant: of each place it is told once, however often it is met.
 */
import type { UnreadableValue } from "../ports/store.ts";

export type Place = Omit<UnreadableValue, "error">;

export type OnUnreadable = (value: UnreadableValue) => void;

export type Tell = (place: Place, error: unknown) => void;

/** A key may itself be what is damaged, and of any length. */
const MOST_CHARACTERS = 160;

/** Default: nobody is told. */
export function tellOnce(onUnreadable: OnUnreadable = () => {}): Tell {
  const told = new Set<string>();
  return ({ table, key: whole }, error) => {
    const place = `${table} ${whole}`.slice(0, MOST_CHARACTERS);
    const key = place.slice(table.length + 1);
    if (told.has(place)) return;
    told.add(place);
    onUnreadable({ table, key, error: error instanceof Error ? error.message : String(error) });
  };
}
