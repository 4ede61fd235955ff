/**
 * How much of several lists goes into an answer that may not grow, whatever people have written into it. Pure.
 * Called by the endpoint of series.
 * Invariants: of each list it is the first entries; a list whose next entry does not fit leaves the rest to the others.
 */
import { utf8Bytes } from "../../shared/domain/monitoring/body-data.ts";

const COMMA_BYTES = 1;

interface Share {
  readonly list: readonly object[];
  taken: number;
  bytes: number;
}

/** How many of each list, which all fit into `bytes` as JSON. The next one is of the list that has had the least, so that long texts leave room for the others. */
export function shareBytes(lists: readonly (readonly object[])[], bytes: number): number[] {
  const shares = lists.map((list): Share => ({ list, taken: 0, bytes: 0 }));
  let open = shares;
  let left = bytes;
  for (;;) {
    const [next, ...others] = open.toSorted((one, another) => one.bytes - another.bytes);
    if (!next) return shares.map(({ taken }) => taken);
    const entry = next.list[next.taken];
    const size = entry ? utf8Bytes(JSON.stringify(entry)) + COMMA_BYTES : Infinity;
    if (size > left) {
      open = others;
    } else {
      next.taken += 1;
      next.bytes += size;
      left -= size;
    }
  }
}
