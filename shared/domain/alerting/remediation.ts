/**
 * Remediations: how often a service may be helped by itself, and how that is told. Pure.
 * `notification-decision.ts` asks before it has one begin; `alert-commands.ts` writes down how it ended.
 * Invariant: a remediation that does not help is not repeated without end.
 */
const HOUR_MS = 3_600_000;

export interface RemediationRules {
  /** Between two of them, in ms, ≥ 0. */
  readonly cooldownMs: number;
  /** In an hour, ≥ 1. */
  readonly mostPerHour: number;
}

/** As it stands in `action_taken` until it has ended. */
export const STARTED = "remediation started";

/** Why there is none now; null when it may begin. @param began epoch ms, oldest first */
export function remediationRefusal(
  { cooldownMs, mostPerHour }: RemediationRules,
  began: readonly number[],
  nowMs: number,
): string | null {
  const lastMs = began.at(-1) ?? -Infinity;
  if (nowMs - lastMs < cooldownMs) return "the last one was too recent";
  const inHour = began.filter((atMs) => nowMs - atMs < HOUR_MS).length;
  return inHour >= mostPerHour ? `${inHour} within an hour are as many as allowed` : null;
}

/** What has begun is remembered for as long as it counts: an hour or the cooldown of a day at most. */
export function remediationStartsAfter(
  before: ReadonlyMap<string, readonly number[]>,
  begun: readonly { readonly service: string }[],
  nowMs: number,
): ReadonlyMap<string, readonly number[]> {
  if (before.size === 0 && begun.length === 0) return before;
  const kept = new Map<string, readonly number[]>();
  for (const [service, times] of before) {
    const recent = times.filter((atMs) => nowMs - atMs < 24 * HOUR_MS);
    if (recent.length > 0) kept.set(service, recent);
  }
  for (const { service } of begun) kept.set(service, [...(kept.get(service) ?? []), nowMs]);
  return kept;
}

const PREFIX = "on_firing:";

/** The name under which a remediation stands in the outbox; no channel can have it. */
export function remediationChannel(service: string): string {
  return `${PREFIX}${service}`;
}

/** True for the name of a remediation, also when its service is not configured any more. */
export function isRemediation(channel: string): boolean {
  return channel.startsWith(PREFIX);
}

/** Both, as one text. */
export function withAction(before: string | null, action: string): string {
  const first = before?.replace(/[;\s]+$/, "") ?? "";
  return first === "" ? action : `${first}; ${action}`;
}
