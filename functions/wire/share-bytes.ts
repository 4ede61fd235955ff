/**
 * How much of several lists goes into an answer that may not grow, whatever people have written into it. Pure.
 * Called by the endpoint of series.
 * Invariants: of each list it is the first entries; a list whose next entry does not fit leaves the rest to the others.
 */
import { utf8Bytes } from "../../shared/domain/monitoring/body-data.ts";

const COMMA_BYTES = 1;

/** How many of each list, which all fit into `bytes` as JSON. They take turns, so that one of long texts leaves room for the others. */
export function shareBytes(lists: readonly (readonly object[])[], bytes: number): number[] {
  const taken = lists.map(() => 0);
  const open = new Set(lists.keys());
  let left = bytes;
  while (open.size > 0) {
    for (const index of open) {
      const place = taken[index] ?? 0;
      const entry = lists[index]?.[place];
      const size = entry ? utf8Bytes(JSON.stringify(entry)) + COMMA_BYTES : Infinity;
      if (size > left) {
        open.delete(index);
      } else {
        taken[index] = place + 1;
        left -= size;
      }
    }
  }
  return taken;
}
