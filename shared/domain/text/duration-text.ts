/**
 * Durations as people say them. Pure. Used in messages.
 */
const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** The two largest units, rounded down: 303,000 → `5 min 3 s`; less than a second is `0 s`. */
export function formatDuration(ms: number): string {
  let leftMs = Math.max(0, ms);
  const parts: string[] = [];
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(leftMs / unitMs);
    leftMs -= count * unitMs;
    if (count > 0) parts.push(`${count} ${unit}`);
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? "0 s" : parts.join(" ");
}
