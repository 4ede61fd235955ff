/**
 * Check type `llamacpp`: the server of llama.cpp, of one model or as a router. `/health` decides whether it is alive; the rest is what it
 * says of itself (llamacpp-state.ts), asked so seldom that a probe is two requests on the average.
 * Invariants: nothing here loads, unloads or wakes a model, or keeps one awake: `/slots` and a canary are asked only of a server that has
 * just said that it is awake, a router never of a model that is not loaded. `/metrics`, which starts its averages anew for everybody, is
 * asked only when the configuration wants it.
 */
import * as z from "zod/mini";
import { afterAside } from "../domain/monitoring/aside-silence.ts";
import { patienceMs } from "../domain/monitoring/canary.ts";
import type { Json } from "../domain/monitoring/check.ts";
import { parseUrl } from "../domain/net/target.ts";
import { fnv1a } from "../domain/text/fnv1a.ts";
import type { Finding, ProbeContext } from "../ports/prober.ts";
import { asideFailure, packAside, unpackAside } from "./aside.ts";
import {
  CANARY_KEYS,
  CANARY_TUNING,
  afterDeath,
  canaryFailure,
  canaryRules,
  forgetVerdict,
  isRestart,
  packCanary,
  showCanary,
  resumeCanary,
} from "./canary.ts";
import { defineCheckType } from "./check-type.ts";
import { fitData } from "./fit-data.ts";
import { PLACE_KEYS } from "./http-place.ts";
import { askCanary, mayAskCanary, type CanaryTurn } from "./llamacpp-canary.ts";
import { lookAt, type CanaryTarget, type Look, type Wishes } from "./llamacpp-look.ts";
import type { Counters } from "./llamacpp-metrics.ts";
import { afterTouch, judgeStanding, mayTouch, readSlots, stand, type Calm, type Standing } from "./llamacpp-slots.ts";
import { judgeHealth, judgeSeen, type Facts, type Seen } from "./llamacpp-state.ts";
import { observe, worstOf, type ProbeFailure } from "./observe.ts";
import { asObject } from "./read-json.ts";
import { measureReply } from "./replies.ts";
import { serverApi, type Asking, type OpenApi, type Reply } from "./server-api.ts";

/** What people may have left at the end of the URL. */
const ENDPOINTS = ["/v1/health", "/health", "/v1/models", "/models", "/props", "/v1"];

const KEYS = {
  ...PLACE_KEYS,
  api_key: z
    .optional(z.string().check(z.minLength(1)))
    .check(z.describe("The key of llama-server --api-key, as a reference such as ${LLAMA_API_KEY}.")),
  models: z
    ._default(z.array(z.string().check(z.minLength(1), z.maxLength(200))).check(z.maxLength(50)), [])
    .check(
      z.describe("Models that it must have, as its /v1/models names them; of a router none of them may fail to load."),
    ),
  slots: z
    ._default(z.boolean(), false)
    .check(
      z.describe(
        "Whether to ask /slots how many are busy, and whether they go on. A server that sleeps when idle is not kept awake by it for long. Not of a router.",
      ),
    ),
  metrics: z
    ._default(z.boolean(), false)
    .check(
      z.describe(
        "Whether to ask /metrics for tokens per second. Each time llama.cpp starts its averages (the _seconds gauges) anew, also for your Prometheus. Not of a router.",
      ),
    ),
  ...CANARY_KEYS,
};

export const llamacpp = defineCheckType({
  keys: KEYS,
  secretKeys: ["api_key"],
  tuningKeys: CANARY_TUNING,
  configure(settings, report, abilities) {
    const { api_key: key, headers, models, slots, metrics, restart } = settings;
    const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const place = { ...settings, headers: { ...headers, ...authorization } };
    const open = serverApi(place, { endpoints: ENDPOINTS, report, abilities });
    if (!open) return null;
    const hasKey = Object.keys(place.headers).some((name) => /^(?:authorization|x-api-key)$/i.test(name));
    const port = parseUrl(settings.url)?.port ?? 0;
    const plan = { open, port, hasKey, models, slots, metrics, restart, canary: canaryRules(settings.canary) };
    return (context) => probe(plan, context);
  },
});

interface Plan extends Omit<Wishes, "asksSlots"> {
  readonly open: OpenApi;
  readonly port: number;
  readonly hasKey: boolean;
  readonly canary: CanaryTurn["rules"];
  readonly restart: string | undefined;
}

/** What one probe leaves for the next. Nothing of it was written by the server. */
interface Kept {
  /** Null: look. */
  readonly seen: Seen | null;
  /** How many probes may pass before the next look. */
  readonly rest: number;
  /** When it was last seen asleep, epoch ms. */
  readonly asleepMs: number | null;
  readonly counters: Counters | null;
  readonly standing: Standing | null;
  /** What all slots said that work and do not go on. */
  readonly full: Standing | null;
  readonly calm: Calm | null;
  readonly canary: Json;
  /** Which model of a router the last canary was for, without its name; null: none, or that of a server of one. */
  readonly askedKey: string | null;
  /** That it answers nothing but /health. */
  readonly aside: Json;
}

const NOTHING_KEPT: Kept = {
  seen: null,
  rest: 0,
  asleepMs: null,
  counters: null,
  standing: null,
  full: null,
  calm: null,
  canary: null,
  askedKey: null,
  aside: null,
};

/** What only another canary could end, where there are none any more. */
function withoutVerdict(kept: Kept, nowMs: number): Kept {
  return { ...kept, canary: packCanary(forgetVerdict(resumeCanary(kept.canary, nowMs))) };
}

async function probe(plan: Plan, context: ProbeContext): Promise<Finding> {
  const asking = plan.open(context);
  // Made by `leave`, perhaps of an earlier release.
  const left: Kept = { ...NOTHING_KEPT, ...(context.memory as Partial<Kept> | null) };
  const kept = plan.canary ? left : withoutVerdict(left, context.clock.nowMs());
  const health = await asking.ask({ path: "/health" });
  const notAlive = judgeHealth(health, plan.port);
  const nowMs = context.clock.nowMs();
  if (notAlive) {
    const canary = packCanary(afterDeath(resumeCanary(kept.canary, nowMs), notAlive));
    return { ...found(notAlive, health, {}), memory: leave({ ...kept, ...afterFailure(notAlive), canary }) };
  }
  const { next, told } = await goOn(plan, asking, { kept, nowMs });
  const canary = resumeCanary(next.canary, nowMs);
  const failure = worstOf([
    next.seen && judgeSeen(next.seen, plan.models, plan.hasKey),
    judgeStanding(next.standing, {
      patientMs: patienceMs(canary.memory ?? { tookMs: [] }),
      nowMs,
      restart: plan.restart,
    }),
    canaryFailure(canary, context.clock.nowMs(), plan.restart),
    asideFailure(unpackAside(next.aside), canary, { nowMs, restart: plan.restart }),
  ]);
  // The list of all models goes first when there is no room.
  const { models, ...others } = told ?? lastFacts(context);
  const facts = { ...others, canary: showCanary(canary, plan.canary, nowMs), models };
  return { ...found(failure, health, facts), memory: leave({ ...next, canary: packCanary(canary) }) };
}

/** Looks, and sends a canary, where one is due. `told`: null when it did not look. */
async function goOn(
  plan: Plan,
  asking: Asking,
  { kept, nowMs }: { kept: Kept; nowMs: number },
): Promise<{ next: Kept; told: Facts | null }> {
  const turn: CanaryTurn = { rules: plan.canary, state: resumeCanary(kept.canary, nowMs), sentMs: nowMs };
  const isCanaryDue = mayAskCanary(turn, kept);
  if (kept.seen !== null && kept.rest > 0 && !isCanaryDue)
    return { next: { ...kept, rest: kept.rest - 1 }, told: null };

  const asksSlots = (plan.slots || isCanaryDue) && mayTouch(kept, nowMs);
  const look = await lookAt({ ...plan, asksSlots }, asking, kept.counters);
  const next: Kept = { ...kept, ...afterLook(look, kept, nowMs), ...forgetGone(look, kept, nowMs) };
  const isWell = judgeSeen(look.seen, plan.models, plan.hasKey) === null;
  // What has little time left would be silence for that alone.
  const isInTime = asking.leftMs() > asking.elapsedMs();
  const isFree = !look.isFull || isStuck(next, turn);
  const target = isCanaryDue && isWell && isInTime && isFree ? look.canaryTo : null;
  const left = { ...turn, state: resumeCanary(next.canary, nowMs) };
  return { next: target ? await afterCanary(next, left, { asking, target }) : next, told: look.facts };
}

/** What was asked in vain and is not loaded any more says nothing, and no canary could end that. */
function forgetGone({ loaded }: Look, kept: Kept, nowMs: number): Partial<Kept> {
  const isGone = loaded !== null && loaded.every((model) => keyOf(model) !== kept.askedKey);
  return isGone ? { canary: withoutVerdict(kept, nowMs).canary } : {};
}

/** Slots that have been full for so long and do not go on: a canary is to find out whether it waits for ever. */
function isStuck({ full }: Kept, { state: { memory }, sentMs }: CanaryTurn): boolean {
  return full !== null && sentMs - full.sinceMs >= patienceMs(memory ?? { tookMs: [] });
}

async function afterCanary(
  kept: Kept,
  turn: CanaryTurn,
  { asking, target }: { asking: Asking; target: CanaryTarget },
): Promise<Kept> {
  const state = await askCanary(turn, asking, target);
  // So that it is not taken for somebody who uses the server.
  const slots = kept.calm && readSlots(await asking.ask({ path: "/slots" }));
  const calm = kept.calm && slots ? { ...kept.calm, used: slots.used } : kept.calm;
  const askedKey = target.model === undefined ? null : keyOf(target.model);
  return { ...kept, calm, canary: packCanary(state), askedKey };
}

const keyOf = (model: string): string => fnv1a(model).toString(36);

/** All of it is JSON. */
const leave = (kept: Kept): Json => kept as unknown as Json;

/** What the last look told, as it was shown; without one in this probe there was one before, with the same settings. */
const lastFacts = ({ previous }: ProbeContext): Facts => (asObject(previous?.details.data) as Facts | null) ?? {};

function afterLook(
  { seen, slots, isFull, counters, questions, isHeard }: Look,
  kept: Kept,
  nowMs: number,
): Partial<Kept> {
  return {
    seen,
    // Two requests a probe on the average: one for /health, and so many probes for so many questions.
    rest: questions - 1,
    asleepMs: seen.isAsleep === true ? nowMs : kept.asleepMs,
    counters: counters ?? kept.counters,
    standing: stand(kept.standing, slots?.mark ?? null, nowMs),
    full: slots ? stand(kept.full, isFull ? slots.progress : null, nowMs) : kept.full,
    calm: slots ? afterTouch(slots, kept.calm, nowMs) : kept.calm,
    aside: packAside(afterAside(unpackAside(kept.aside), isHeard, nowMs)),
  };
}

/** One that was started anew may have other options: whether it sleeps is to be learned again. */
function afterFailure(failure: ProbeFailure): Partial<Kept> {
  return {
    seen: null,
    standing: null,
    full: null,
    ...(isRestart(failure) && { calm: null, asleepMs: null, aside: null }),
  };
}

function found(failure: ProbeFailure | null, health: Reply, facts: Facts): Finding {
  const measured = measureReply(health);
  const data = fitData(facts);
  const body = Object.keys(data).length > 0 ? { body: { json: data } } : {};
  return observe(failure, { ...measured, details: { ...measured.details, ...body } });
}
