/**
 * The stored form of whom agents are told to call: `[capability, choice, rival, recovering, changes]` of each capability, instants in ms before the
 * commit. Knows no tables. Invariant: decode(encode(routing)) equals routing, and decoding throws on what could not be shown.
 */
import {
  CHANGES,
  type Change,
  type ChangeReason,
  type RouteMemory,
  type RoutingState,
  type Streak,
} from "../domain/routing/choice.ts";
import { checkInstant } from "./checked-value.ts";

type PackedStreak = readonly [id: string, sinceBefore: number, checks: number, checkedBefore: number];
type PackedChange = readonly [before: number, from: string | null, to: string | null, why: ChangeReason];
type Packed = readonly (readonly [
  capability: string,
  choice: string | null,
  rival: PackedStreak | null,
  recovering: readonly PackedStreak[],
  changes: readonly PackedChange[],
])[];

/** Null: nothing is remembered. */
export function encodeRouting(routing: RoutingState | undefined, atMs: number): string | null {
  if (!routing || routing.size === 0) return null;
  const packed: Packed = [...routing].map(([capability, { choice, rival, recovering, changes }]) => [
    capability,
    choice,
    rival && encodeStreak(rival, atMs),
    recovering.map((streak) => encodeStreak(streak, atMs)),
    changes.map((change) => [atMs - change.atMs, change.from, change.to, change.why]),
  ]);
  return JSON.stringify(packed);
}

export function decodeRouting(json: string, atMs: number): RoutingState {
  const packed: Packed = JSON.parse(json);
  return new Map(packed.map(([capability, ...memory]) => [capability, decodeMemory(memory, atMs)]));
}

function encodeStreak({ id, sinceMs, checks, checkedAtMs }: Streak, atMs: number): PackedStreak {
  return [id, atMs - sinceMs, checks, atMs - checkedAtMs];
}

function decodeStreak([id, sinceBefore, checks, checkedBefore]: PackedStreak, atMs: number): Streak {
  const [sinceMs, checkedAtMs] = [checkInstant(atMs - sinceBefore), checkInstant(atMs - checkedBefore)];
  return { id, sinceMs, checks: checkInstant(checks), checkedAtMs };
}

type PackedMemory = readonly [string | null, PackedStreak | null, readonly PackedStreak[], readonly PackedChange[]];

function decodeMemory([choice, rival, recovering, changes]: PackedMemory, atMs: number): RouteMemory {
  return {
    choice,
    rival: rival && decodeStreak(rival, atMs),
    recovering: recovering.map((streak) => decodeStreak(streak, atMs)),
    changes: changes.map(([beforeMs, from, to, why]): Change => {
      if (!Object.hasOwn(CHANGES, why)) throw new Error("not a reason of ours");
      return { atMs: checkInstant(atMs - beforeMs), from, to, why };
    }),
  };
}
