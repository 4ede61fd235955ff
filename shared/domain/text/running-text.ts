/**
 * How far an instant is from now, in the ways in which pages say it: the server writes it, and in the browser it goes on. Pure.
 * Used by the views (parts.tsx) and by client/times.ts. Invariant: both write the same, so nothing jumps when the script begins.
 */
import { formatDuration } from "./duration-text.ts";

const TEXTS = {
  for: (atMs: number, nowMs: number) => `for ${formatDuration(nowMs - atMs)}`,
  ago: (atMs: number, nowMs: number) => `${formatDuration(nowMs - atMs)} ago`,
  in: (atMs: number, nowMs: number) => (atMs - nowMs < 1_000 ? "now" : `in ${formatDuration(atMs - nowMs)}`),
  left: (atMs: number, nowMs: number) => `${formatDuration(atMs - nowMs)} left`,
} as const;

export type RunningKind = keyof typeof TEXTS;

export function isRunningKind(text: string): text is RunningKind {
  return Object.hasOwn(TEXTS, text);
}

/** `for 4 min`, `4 min ago`, `in 4 min` (then `now`), `4 min left`. */
export function runningText(kind: RunningKind, atMs: number, nowMs: number): string {
  return TEXTS[kind](atMs, nowMs);
}
