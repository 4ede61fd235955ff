/**
 * A look at what a llama.cpp server says of itself, in two or three questions, each of which the last one allowed. Used by llamacpp.ts.
 * Invariants: `/slots` and `/metrics` are asked only of a server that has just said that it is awake, since `/slots` wakes one; a
 * question that fails leaves unknown what it would have told.
 */
import { isHeard } from "./aside.ts";
import { readCounters, speeds, type Counters } from "./llamacpp-metrics.ts";
import { describeModels, lackOf, readModels, readProps, type Facts, type Seen } from "./llamacpp-state.ts";
import { readSlots, type Slots } from "./llamacpp-slots.ts";
import type { Asking, Reply } from "./server-api.ts";

/** Informative questions are not worth a long wait: old builds answer `/slots` when a prompt has been read, minutes later. */
const MOST_MS = 5_000;

export interface Wishes {
  /** Models that it must have. */
  readonly models: readonly string[];
  /** Whether to tell how many work, and whether to ask for them now. */
  readonly slots: boolean;
  readonly asksSlots: boolean;
  readonly metrics: boolean;
}

export interface Look {
  readonly seen: Seen;
  readonly facts: Facts;
  /** How many questions it took. */
  readonly questions: number;
  /** Whether it answers more than whether it lives; null: not known. `/slots` of old builds waits for a long prompt, and tells nothing of it. */
  readonly isHeard: boolean | null;
  readonly slots: Slots | null;
  readonly counters: Counters | null;
  /** All slots work: a canary would wait for one. */
  readonly isFull: boolean;
  /** What may have been asked in vain and is loaded still; null: that is not known, or it is what it serves always. */
  readonly loaded: readonly string[] | null;
  /** Where a canary may go now; null: nowhere. */
  readonly canaryTo: CanaryTarget | null;
}

export interface CanaryTarget {
  readonly path: string;
  /** Of a router. */
  readonly model?: string;
}

/** `before`: the counters at the last look. */
export async function lookAt(wishes: Wishes, asking: Asking, before: Counters | null): Promise<Look> {
  const ask = (path: string): Promise<Reply> => asking.ask({ path, mostMs: MOST_MS });
  const firstMs = asking.elapsedMs();
  const props = await ask("/props");
  const { isKnown, hasSlots, seen, facts } = readProps(props, wishes.models);
  const look: Look = {
    seen,
    facts,
    questions: 1,
    isHeard: isHeard(props, firstMs),
    slots: null,
    isFull: false,
    counters: null,
    // Asleep it has unloaded what it had.
    loaded: seen.isAsleep === true ? [] : null,
    canaryTo: null,
  };
  if (seen.role === "router") return lookAtModels(wishes, look, await ask("/models"));
  if (!isKnown || seen.isAsleep === true) return look;
  const withSlots = lookAtSlots(wishes, look, wishes.asksSlots && hasSlots ? await ask("/slots") : null);
  // What blocks one blocks the other, in builds that do.
  const wantsCounters = wishes.metrics && !withSlots.seen.isSlotsSilent;
  return wantsCounters ? lookAtCounters(withSlots, await ask("/metrics"), before) : withSlots;
}

function lookAtSlots(wishes: Wishes, look: Look, reply: Reply | null): Look {
  const slots = reply && readSlots(reply);
  const isSlotsSilent = reply?.kind === "failure" && reply.reason === "deadline_response";
  return {
    ...look,
    seen: { ...look.seen, isSlotsSilent },
    facts: wishes.slots ? { ...look.facts, slots_busy: slots?.busy ?? null } : look.facts,
    questions: look.questions + Number(reply !== null),
    slots,
    isFull: slots !== null && slots.busy >= slots.total,
    canaryTo: isSlotsSilent ? null : { path: "/completion" },
  };
}

function lookAtCounters(look: Look, reply: Reply, before: Counters | null): Look {
  const isTold = reply.kind === "answered" && reply.statusCode === 200;
  const counters = isTold ? readCounters(reply.text) : null;
  const facts = { ...look.facts, ...speeds(counters, before) };
  return { ...look, facts, questions: look.questions + 1, counters };
}

function lookAtModels({ models: required }: Wishes, look: Look, reply: Reply): Look {
  const models = readModels(reply);
  if (models === null) return { ...look, questions: 2 };
  const [one, ...others] = models.filter(({ state }) => state === "loaded" || state === "loading");
  // Of several it would make this one the last used, and another one the next to be unloaded.
  const isAlone = one?.state === "loaded" && others.length === 0;
  return {
    ...look,
    seen: { ...look.seen, lack: lackOf(models, required, look.seen) },
    facts: { ...look.facts, ...describeModels(models) },
    questions: 2,
    loaded: models.filter(({ state }) => state === "loaded").map(({ id }) => id),
    canaryTo: isAlone ? { path: "/completion?autoload=false", model: one.id } : null,
  };
}
