/**
 * When a server is asked to do a little of its real work (a canary), and what it means that it did not: busy, or wedged.
 * Pure. The check types of servers of models keep a CanaryMemory between probes and ask here.
 * Invariants: never more canaries a day (UTC) than the budget, also when the clock leaps back and forth; one canary alone says nothing
 * against a server: the next one confirms it; a server is wedged only after several silent ones in a row, and after many times longer than
 * its own answers take.
 */

export interface CanaryMemory {
  /** Days since 1970, UTC, that `spent` counts. */
  readonly day: number;
  readonly spent: number;
  /** When the last one was sent, epoch ms. */
  readonly lastMs: number;
  /** When the last one was answered, epoch ms; null: none yet. */
  readonly answeredMs: number | null;
  /** Of those that were answered, whole ms, oldest first. */
  readonly tookMs: readonly number[];
  /** How many in a row were sent in vain: to no answer in time, or to one that is a failure. */
  readonly inVain: number;
  /** How many in a row were not answered, and when the first of them was sent. */
  readonly silent: number;
  readonly silentSinceMs: number | null;
  /** Status code of the last one, when its answer was a failure. */
  readonly failedStatus: number | null;
  /** While it is not known which day it is. */
  readonly doubt?: Doubt;
}

/** Since the clock has gone back to an earlier day: how long it has gone on without leaps, and when it was looked at last. */
interface Doubt {
  readonly seenMs: number;
  readonly livedMs: number;
}

export interface CanaryRules {
  /** Between two of them. */
  readonly everyMs: number;
  /** A day. */
  readonly budget: number;
}

const DAY_MS = 86_400_000;
const KEPT = 20;

/**
 * One that was sent in vain is repeated sooner: it is to be confirmed, and whether it is busy or wedged, or well again, is not to take an
 * hour. Then less and less often: asking keeps a model loaded (Ollama), and what is spent before noon is lacking when it is well again.
 */
const AGAIN_MS = 60_000;

/** One alone may be chance, or the one request that a proxy has lost. */
const IN_VAIN_UNTIL_CONFIRMED = 2;

/** Two in a row may be one long answer that somebody else waits for. */
const SILENT_UNTIL_WEDGED = 3;
/** N of "silent for N × its own p95". A queue of a few others before us takes as many times as long. */
const TIMES_P95 = 10;
/** A server with one place, whose canaries take milliseconds, may write one long answer for minutes. */
const LEAST_SILENCE_MS = 300_000;
/** Fewer answers say nothing of how long they take. */
const LEAST_ANSWERS = 5;
/** For one that is hardly known. */
const SILENCE_OF_UNKNOWN_MS = 600_000;

const dayOf = (nowMs: number): number => Math.floor(nowMs / DAY_MS);

/** A longer step is a leap of the clock, or nobody has looked: it proves nothing. */
const LONGEST_STEP_MS = DAY_MS / 2;

/** A day that was counted once does not begin again, whatever the clock does. */
export function spentToday(memory: CanaryMemory | null, nowMs: number): number {
  if (memory === null) return 0;
  return memory.doubt || dayOf(nowMs) <= memory.day ? memory.spent : 0;
}

/**
 * To be called at each probe. A clock that has gone back to an earlier day is in doubt, forwards as well, until it has gone on for 24 h;
 * then the count begins anew. So leaps win nothing, and one into the future by mistake costs a day.
 */
export function followClock({ doubt, ...memory }: CanaryMemory, nowMs: number): CanaryMemory {
  const today = dayOf(nowMs);
  if (!doubt) return today >= memory.day ? memory : { ...memory, doubt: { seenMs: nowMs, livedMs: 0 } };
  const stepMs = nowMs - doubt.seenMs;
  const livedMs = doubt.livedMs + (stepMs > 0 && stepMs <= LONGEST_STEP_MS ? stepMs : 0);
  return livedMs < DAY_MS ? { ...memory, doubt: { seenMs: nowMs, livedMs } } : { ...memory, day: today, spent: 0 };
}

/** The first one is due at once. */
export function isCanaryDue(memory: CanaryMemory | null, { everyMs, budget }: CanaryRules, nowMs: number): boolean {
  if (spentToday(memory, nowMs) >= budget) return false;
  if (memory === null) return true;
  const waitMs = Math.min(everyMs, againMs(memory.inVain));
  // A clock that has gone back must not stop them for good.
  return nowMs < memory.lastMs || nowMs - memory.lastMs >= waitMs;
}

function againMs(inVain: number): number {
  return inVain === 0 ? Infinity : AGAIN_MS * 2 ** Math.max(0, inVain - SILENT_UNTIL_WEDGED);
}

const NOT_IN_VAIN = { inVain: 0, silent: 0, silentSinceMs: null, failedStatus: null };

/** `tookMs` null: there was no answer in time. */
export function afterCanary(memory: CanaryMemory | null, tookMs: number | null, sentMs: number): CanaryMemory {
  const counted = count(memory, sentMs);
  if (tookMs !== null) {
    const took = [...earlierOf(memory).tookMs, Math.round(tookMs)].slice(-KEPT);
    return { ...counted, answeredMs: sentMs, tookMs: took, ...NOT_IN_VAIN };
  }
  // A wrong clock may have said that it began in the future.
  const silentSinceMs = Math.min(memory?.silentSinceMs ?? sentMs, sentMs);
  const silent = (memory?.silent ?? 0) + 1;
  return { ...counted, ...earlierOf(memory), inVain: inVainOf(memory) + 1, silent, silentSinceMs, failedStatus: null };
}

/** After one whose answer was a failure, or none of what it was asked for. */
export function afterFailure(memory: CanaryMemory | null, failedStatus: number, sentMs: number): CanaryMemory {
  const counted = count(memory, sentMs);
  return { ...counted, ...earlierOf(memory), ...NOT_IN_VAIN, inVain: inVainOf(memory) + 1, failedStatus };
}

const inVainOf = (memory: CanaryMemory | null): number => memory?.inVain ?? 0;

function earlierOf(memory: CanaryMemory | null): Pick<CanaryMemory, "answeredMs" | "tookMs"> {
  return { answeredMs: memory?.answeredMs ?? null, tookMs: memory?.tookMs ?? [] };
}

/** After one that was refused for what it asked: it is spent, and says nothing of the server. */
export function afterRefusal(memory: CanaryMemory | null, sentMs: number): CanaryMemory {
  return { ...count(memory, sentMs), ...earlierOf(memory), ...NOT_IN_VAIN };
}

/** After one that was lost on the way: it is spent, and all else is as it was. */
export function afterLoss(memory: CanaryMemory | null, sentMs: number): CanaryMemory {
  return { ...(memory ?? { answeredMs: null, tookMs: [], ...NOT_IN_VAIN }), ...count(memory, sentMs) };
}

/** When what was asked in vain is not there any more. */
export function withoutVerdict(memory: CanaryMemory): CanaryMemory {
  return { ...memory, ...NOT_IN_VAIN };
}

/** When it may have been started anew: what is spent is spent, and what was in vain is asked again at once. */
export function afterRestart(memory: CanaryMemory): CanaryMemory {
  return memory.inVain === 0 ? memory : { ...withoutVerdict(memory), lastMs: 0 };
}

function count(memory: CanaryMemory | null, sentMs: number): Pick<CanaryMemory, "day" | "spent" | "lastMs" | "doubt"> {
  const { day = 0, doubt } = memory ?? {};
  const counted = { spent: spentToday(memory, sentMs) + 1, lastMs: sentMs };
  return doubt ? { ...counted, day, doubt } : { ...counted, day: Math.max(day, dayOf(sentMs)) };
}

/** In vain once, and not yet confirmed: it counts for nothing. */
export function isUnconfirmed({ inVain }: CanaryMemory): boolean {
  return inVain > 0 && inVain < IN_VAIN_UNTIL_CONFIRMED;
}

/** What silence means for a server that is alive; null: nothing, or its last canary was answered, or there was none. */
export function judgeSilence(memory: CanaryMemory | null, nowMs: number): "busy" | "wedged" | null {
  if (!memory || memory.silentSinceMs === null || isUnconfirmed(memory)) return null;
  const silentMs = nowMs - memory.silentSinceMs;
  return memory.silent >= SILENT_UNTIL_WEDGED && silentMs >= patienceMs(memory) ? "wedged" : "busy";
}

/** How long it may be silent and count as busy. */
export function patienceMs({ tookMs }: Pick<CanaryMemory, "tookMs">): number {
  if (tookMs.length < LEAST_ANSWERS) return SILENCE_OF_UNKNOWN_MS;
  const sorted = tookMs.toSorted((one, other) => one - other);
  const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
  return Math.max(LEAST_SILENCE_MS, TIMES_P95 * p95);
}
