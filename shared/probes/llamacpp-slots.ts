/**
 * The slots of a llama.cpp server: how many work, whether they go on, and when they, or a canary, may be asked. Pure. Used by llamacpp.ts.
 * Both wake a server that sleeps and keep awake one that would (`--sleep-idle-seconds`), which no answer tells. So while nobody uses it
 * it is touched ever more seldom, until it has gone to sleep, or an hour has shown that it does not. Invariants: of what the slots work on
 * nothing is read; who sleeps after at most an hour is kept awake no longer than twice that.
 */
import { formatDuration } from "../domain/text/duration-text.ts";
import { withAdvice } from "./canary.ts";
import type { ProbeFailure } from "./observe.ts";
import { booleanAt, numberAt, objectAt, objectsAt, objectsOf } from "./read-json.ts";
import type { Reply } from "./server-api.ts";

/** What the slots do; nothing of what they work on is read. */
export interface Slots {
  readonly total: number;
  readonly busy: number;
  /** Another number when a slot has gone on, and null while none is in the middle of an answer. */
  readonly mark: number | null;
  /** The same, also while they have written nothing yet. */
  readonly progress: number;
  /** Another number when somebody has used one since. */
  readonly used: number;
}

/** Null: it does not say (`--no-slots`). */
export function readSlots(reply: Reply): Slots | null {
  const slots = reply.kind === "answered" && reply.statusCode === 200 ? objectsOf(reply.json) : null;
  if (slots === null) return null;
  const working = slots.filter((slot) => booleanAt(slot, "is_processing") === true);
  const steps = working.map((slot) => ({
    task: numberAt(slot, "id_task") ?? 0,
    read: numberAt(slot, "n_prompt_tokens_processed") ?? 0,
    // A list since autumn 2025, before that the object itself.
    written: numberAt(objectsAt(slot, "next_token")?.[0] ?? objectAt(slot, "next_token"), "n_decoded") ?? 0,
  }));
  const isAnswering = steps.some(({ written }) => written > 0);
  const progress = fold(steps.flatMap(({ task, read, written }) => [task, read, written]));
  const mark = isAnswering ? progress : null;
  const used = fold(slots.map((slot) => numberAt(slot, "id_task") ?? -1));
  return { total: slots.length, busy: working.length, mark, progress, used };
}

/** 31: small and prime, as in every such sum. */
const fold = (numbers: readonly number[]): number => numbers.reduce((sum, number) => (sum * 31 + number) | 0, 7);

/** Since when nobody has used the slots, as far as we have asked. */
export interface Calm {
  readonly used: number;
  readonly touchedMs: number;
  /** How long to wait before it is touched again; 0: it does not go to sleep. */
  readonly waitMs: number;
}

const FIRST_WAIT_MS = 60_000;
/** An hour is a usual --sleep-idle-seconds, and the server is not exact. */
const LONGEST_WAIT_MS = 3_900_000;

export interface Touching {
  readonly calm: Calm | null;
  /** When it was last seen asleep, epoch ms. */
  readonly asleepMs: number | null;
}

export function mayTouch({ calm, asleepMs }: Touching, nowMs: number): boolean {
  if (asleepMs !== null) return false;
  // A clock that has gone back must not stop it for good.
  return calm === null || nowMs < calm.touchedMs || nowMs - calm.touchedMs >= calm.waitMs;
}

/** After they were asked. Null: somebody uses them. */
export function afterTouch(slots: Slots, before: Calm | null, touchedMs: number): Calm | null {
  if (before?.waitMs === 0) return before;
  if (slots.busy > 0) return null;
  const { used } = slots;
  if (before?.used !== used) return { used, touchedMs, waitMs: FIRST_WAIT_MS };
  const isSleepless = touchedMs - before.touchedMs >= LONGEST_WAIT_MS;
  return { used, touchedMs, waitMs: isSleepless ? 0 : Math.min(before.waitMs * 2, LONGEST_WAIT_MS) };
}

/** What the slots said when they went on last, and when, epoch ms. */
export interface Standing {
  readonly mark: number;
  readonly sinceMs: number;
}

/** `mark` null: nothing stands. */
export function stand(before: Standing | null, mark: number | null, nowMs: number): Standing | null {
  if (mark === null) return null;
  return { mark, sinceMs: before?.mark === mark ? Math.min(before.sinceMs, nowMs) : nowMs };
}

interface Patience {
  readonly patientMs: number;
  readonly nowMs: number;
  readonly restart: string | undefined;
}

/** A slot in the middle of an answer that writes no token for so long: it hangs, whatever /health says. */
export function judgeStanding(standing: Standing | null, { patientMs, nowMs, restart }: Patience): ProbeFailure | null {
  const forMs = standing ? nowMs - standing.sinceMs : 0;
  if (forMs < patientMs) return null;
  const message = `Alive, but its slots have written no token for ${formatDuration(forMs)}`;
  return withAdvice({ reason: "wedged", message }, restart);
}
