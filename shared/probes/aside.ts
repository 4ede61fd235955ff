/**
 * Questions that a deep probe asks beside the one about life: whether they were answered, and what is said when they never are. Pure.
 * Costs nothing, so it needs no canary. Invariant: what had less time than the first answer took is no silence.
 */
import { judgeAside, type AsideSilence } from "../domain/monitoring/aside-silence.ts";
import { patienceMs } from "../domain/monitoring/canary.ts";
import type { Json } from "../domain/monitoring/check.ts";
import { formatDuration } from "../domain/text/duration-text.ts";
import { withAdvice, type CanaryState } from "./canary.ts";
import type { ProbeFailure } from "./observe.ts";
import { numberAt } from "./read-json.ts";
import type { Reply } from "./server-api.ts";

/** `firstMs`: how long the first answer took. Null: it was not asked, or says nothing. */
export function isHeard(reply: Reply | null, firstMs: number): boolean | null {
  if (reply === null || reply.kind === "answered") return reply && true;
  return reply.reason.startsWith("deadline") && reply.durationMs > firstMs ? false : null;
}

export function asideFailure(
  silence: AsideSilence | null,
  { memory }: CanaryState,
  { nowMs, restart }: { nowMs: number; restart: string | undefined },
): ProbeFailure | null {
  const reason = judgeAside(silence, patienceMs(memory ?? { tookMs: [] }), nowMs);
  if (reason === null || silence === null) return null;
  if (reason === "busy") return { reason, message: "Alive, but answers nothing else in time" };
  const forText = formatDuration(nowMs - silence.sinceMs);
  return withAdvice({ reason, message: `Alive, but has answered nothing else for ${forText}` }, restart);
}

export function packAside(silence: AsideSilence | null): Json {
  return silence && { n: silence.count, t: silence.sinceMs };
}

/** What was never packed is none. */
export function unpackAside(packed: unknown): AsideSilence | null {
  const [count, sinceMs] = [numberAt(packed, "n"), numberAt(packed, "t")];
  return count === null || sinceMs === null ? null : { count, sinceMs };
}
