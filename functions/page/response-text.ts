/** Response times as people read them: three digits at most. Pure; used by the views and their models. */

/** `0.4 ms`, `41 ms`, `1.2 s`, `12 s`. */
export function formatMs(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(ms < 9_950 ? 1 : 0)} s`;
  return `${ms >= 0.05 && ms < 0.95 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
