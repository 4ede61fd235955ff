/**
 * Reads the answer of Redis' INFO: lines of `key:value`, sections marked by `#`.
 * The redis check type uses it. Pure. Invariant: whatever a server sends, the fields are short, clean and of the seed's types.
 */
import type { Json } from "../domain/monitoring/check.ts";
import { cleanText, truncateText } from "../domain/text/clean-text.ts";

const MAX_TEXT_LENGTH = 32;
const WHOLE_NUMBER = /^\d{1,15}$/;

/** The fields that the seed shows flat in `health`; those that INFO does not have are absent. */
export function infoFields(info: string): { readonly [key: string]: Json } {
  const values = parseInfo(info);
  const fields: Record<string, Json> = {};
  for (const key of ["connected_clients", "used_memory_human", "uptime_in_seconds"]) {
    const text = values.get(key);
    if (text === undefined) continue;
    if (key === "used_memory_human") fields[key] = truncateText(cleanText(text), MAX_TEXT_LENGTH);
    else if (WHOLE_NUMBER.test(text)) fields[key] = Number(text);
  }
  return fields;
}

/** True while the server reads its data from disk. */
export function isLoading(info: string): boolean {
  return parseInfo(info).get("loading") === "1";
}

/** Values may hold colons themselves. */
function parseInfo(info: string): ReadonlyMap<string, string> {
  const pairs = info.split("\n").map((line) => {
    const colon = line.indexOf(":");
    return colon < 1 || line.startsWith("#") ? null : ([line.slice(0, colon), line.slice(colon + 1).trim()] as const);
  });
  return new Map(pairs.filter((pair) => pair !== null));
}
