/**
 * How fast each service answered within the last hour: a median for every two whole minutes. They are read once, when somebody
 * looks, and kept for who looks next.
 * Used by service-pasts.ts. Invariants: where nothing answered there is no number; what is over does not change any more.
 */
import { isAnswer } from "../../shared/domain/history/rollup.ts";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import { recentChecks } from "../../shared/storage/recent-checks.ts";
import type { Turns } from "../../shared/ports/turns.ts";
import type { Storage } from "../storage.ts";

const SLOT_MS = 120_000;
export const SLOTS = 30;

/** A check is committed within a second of its end where we stay alive, and with its round where the platform wakes us. */
const COMMITTED_AFTER_MS = 30_000;

/** Milliseconds, oldest first; null: nothing answered. */
export type LastHour = readonly (number | null)[];

export interface FoundHour {
  readonly startMs: number;
  of(serviceId: string): LastHour;
}

type Medians = ReadonlyMap<string, number>;
interface Reading extends Pick<Storage, "db"> {
  readonly turns: Turns | null;
}

export class LastHours {
  /** By the start of the slot, epoch ms. */
  #slots = new Map<number, Medians>();
  #reading: Promise<void> | null = null;

  /** Of the hour that ended with the last slot. Rejects when the database fails. */
  async read(reading: Reading, nowMs: number): Promise<FoundHour> {
    const starts = listSlots(nowMs);
    while (this.#reading) await this.#reading;
    if (starts.some((startMs) => !this.#slots.has(startMs))) {
      this.#reading = this.#add(reading, starts).finally(() => (this.#reading = null));
      await this.#reading;
    }
    const medians = starts.map((startMs) => this.#slots.get(startMs));
    return {
      startMs: starts[0] ?? 0,
      of: (serviceId) => medians.map((slot) => slot?.get(serviceId) ?? null),
    };
  }

  async #add({ db, turns }: Reading, starts: readonly number[]): Promise<void> {
    const missing = starts.filter((startMs) => !this.#slots.has(startMs));
    const sinceMs = missing[0] ?? 0;
    const untilMs = (missing.at(-1) ?? 0) + SLOT_MS;
    const answers = new Map<number, Map<string, number[]>>();
    for await (const checks of recentChecks(db, sinceMs, untilMs + COMMITTED_AFTER_MS)) {
      for (const check of checks) addAnswer(answers, check);
      await turns?.pause();
    }
    const kept = [...this.#slots].filter(([startMs]) => starts.includes(startMs));
    const added = missing.map((startMs) => [startMs, findMedians(answers.get(startMs))] as const);
    this.#slots = new Map([...kept, ...added]);
  }
}

/** Those that are over, oldest first. */
function listSlots(nowMs: number): readonly number[] {
  const endMs = startOfSlot(nowMs - COMMITTED_AFTER_MS);
  return Array.from({ length: SLOTS }, (_, index) => endMs - (SLOTS - index) * SLOT_MS);
}

const startOfSlot = (atMs: number): number => atMs - (atMs % SLOT_MS);

function addAnswer(answers: Map<number, Map<string, number[]>>, check: Check): void {
  if (!isAnswer(check.status)) return;
  const startMs = startOfSlot(check.checkedAtMs);
  const slot = answers.get(startMs) ?? new Map<string, number[]>();
  answers.set(startMs, slot);
  const times = slot.get(check.serviceId) ?? [];
  slot.set(check.serviceId, times);
  times.push(check.responseTimeMs);
}

function findMedians(answers: ReadonlyMap<string, readonly number[]> = new Map()): Medians {
  return new Map([...answers].map(([serviceId, times]) => [serviceId, median(times)]));
}

/** The lower one of two in the middle: a time that was measured. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
