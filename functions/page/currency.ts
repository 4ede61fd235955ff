/**
 * How current a page is: of when what it tells of is, and whether that is still of now. Every page that is kept up to date says so.
 * Pure. Invariant: a page whose last news is too old takes its verdict back.
 */

/** Without news for so long a page is not of now; or for three of the shortest intervals, where those are longer. */
export const STALE_AFTER_MS = 15_000;
const STALE_INTERVALS = 3;

export interface Currency {
  /** Of the last news, epoch ms; null: there has been none yet. */
  readonly atMs: number | null;
  /** So old the news may be and still be of now. */
  readonly staleAfterMs: number;
  readonly isStale: boolean;
  /** When the page was made. */
  readonly nowMs: number;
}

interface Watched {
  readonly intervalMs: number;
}

function findStaleAfterMs(services: readonly Watched[]): number {
  const shortestMs = Math.min(...services.map(({ intervalMs }) => intervalMs));
  return Math.max(STALE_AFTER_MS, Number.isFinite(shortestMs) ? STALE_INTERVALS * shortestMs : 0);
}

export function currencyOf(atMs: number | null, services: readonly Watched[], nowMs: number): Currency {
  const staleAfterMs = findStaleAfterMs(services);
  return { atMs, staleAfterMs, isStale: atMs !== null && nowMs - atMs > staleAfterMs, nowMs };
}
