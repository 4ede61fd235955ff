/**
 * What a service said of itself at its last check (`data`), as rows for people. Pure; shown by views/said-of-itself.tsx.
 * Invariants: total: a service may say anything; what it says is text, cleaned and short.
 */
import { shorten } from "./shorten.ts";

export interface Saying {
  readonly label: string;
  /** "–" for nothing. */
  readonly value: string;
}

const MOST_ROWS = 16;
const NOTHING = "–";

/** Empty where it said nothing that has names. */
export function listSayings(data: unknown): Saying[] {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return [];
  return Object.entries(data)
    .slice(0, MOST_ROWS)
    .map(([key, value]) => ({ label: shorten(key.replaceAll("_", " ")), value: shorten(formatValue(value)) }));
}

function formatValue(value: unknown): string {
  if (value === null || value === undefined || value === "") return NOTHING;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (typeof value !== "object") return NOTHING;
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(formatValue).join(", ");
  const parts = Object.entries(value).map(([key, each]) => `${key.replaceAll("_", " ")} ${formatValue(each)}`);
  return parts.length === 0 ? NOTHING : parts.join(" · ");
}
