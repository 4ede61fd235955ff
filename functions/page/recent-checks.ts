/**
 * The last checks of a service with the phases of their exchange, made of what `/history` tells. Pure; shown by views/checks.tsx.
 * Invariant: a check without an answer has no response time, and a phase that did not happen has no share.
 */
import { isAnswer } from "../../shared/domain/history/rollup.ts";
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import { parseTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { ResponseTime } from "./service-row.ts";
import { shorten } from "./shorten.ts";

/** In the order in which they happen, with what people call them. */
export const PHASES = {
  dns: "DNS",
  tcp: "TCP",
  tls: "TLS",
  first_byte: "first byte",
  body: "body",
} as const;

export type PhaseName = keyof typeof PHASES;

const PHASE_NAMES = Object.keys(PHASES) as readonly PhaseName[]; // of a constant of exactly these

export interface RecentCheck {
  readonly atMs: number;
  readonly status: CheckStatus;
  readonly response: ResponseTime | null;
  readonly statusCode: number | null;
  readonly message: string | null;
  /** Empty where the runtime does not tell them. `share` is that of the longest check of the list (0..1). */
  readonly phases: readonly { readonly name: PhaseName; readonly ms: number; readonly share: number }[];
  /** The phase that the deadline ended. */
  readonly cutOffIn: PhaseName | null;
}

/** As `/history` tells it; what is of another kind is left out. */
export interface ToldHealth {
  readonly status: CheckStatus;
  readonly response_time: number | null;
  readonly status_code?: number | undefined;
  readonly error?: string | undefined;
  readonly timings?: Readonly<Record<string, number>> | undefined;
  readonly cut_off_in?: string | null | undefined;
  readonly checked_at: string | null;
}

export function listRecentChecks(told: readonly ToldHealth[]): RecentCheck[] {
  const longestS = Math.max(0, ...told.map(({ timings }) => sumOf(timings ?? {})));
  return told.flatMap((health) => {
    const atMs = health.checked_at === null ? null : parseTimestamp(health.checked_at);
    return atMs === null ? [] : [recentCheck(health, { atMs, longestS })];
  });
}

function recentCheck(health: ToldHealth, { atMs, longestS }: { readonly atMs: number; readonly longestS: number }) {
  const { status, timings = {}, error } = health;
  const phases = PHASE_NAMES.flatMap((name) => {
    const seconds = timings[name];
    return seconds === undefined ? [] : [{ name, ms: seconds * 1_000, share: longestS > 0 ? seconds / longestS : 0 }];
  });
  return {
    atMs,
    status,
    response: responseOf(health),
    statusCode: health.status_code ?? null,
    message: error === undefined ? null : shorten(error),
    phases,
    cutOffIn: PHASE_NAMES.find((name) => name === health.cut_off_in) ?? null,
  };
}

function responseOf({ status, response_time: seconds }: ToldHealth): ResponseTime | null {
  if (seconds === null) return null;
  if (status === "timeout") return { ms: seconds * 1_000, isLimit: true };
  return isAnswer(status) ? { ms: seconds * 1_000, isLimit: false } : null;
}

function sumOf(timings: Readonly<Record<string, number>>): number {
  return PHASE_NAMES.reduce((sum, name) => sum + (timings[name] ?? 0), 0);
}
