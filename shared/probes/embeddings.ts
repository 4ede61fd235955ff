/**
 * Check type `embeddings`: a server of embeddings is alive, and, where it is asked for, makes of a fixed sentence what it made at first.
 * A model that is swapped behind the same name makes every stored vector worthless, and no other check notices.
 * Invariants: nothing is embedded unless the configuration asks for it; the first good answer is kept until the settings change.
 */
import * as z from "zod/mini";
import type { CanaryRules } from "../domain/monitoring/canary.ts";
import type { Json } from "../domain/monitoring/check.ts";
import type { Finding, ProbeContext } from "../ports/prober.ts";
import { isSilence, refusalFailure } from "./canary-reply.ts";
import {
  CANARY_KEYS,
  CANARY_TUNING,
  canaryFailure,
  canaryRules,
  forgetSilence,
  nextCanary,
  packCanary,
  refusedCanary,
  resumeCanary,
  showCanary,
  wantsCanary,
  withAdvice,
  type CanaryState,
} from "./canary.ts";
import { defineCheckType } from "./check-type.ts";
import {
  describeDrift,
  packDrift,
  packVector,
  readEmbedding,
  similarity,
  unpackDrift,
  unpackVector,
  type Drift,
  type Vector,
} from "./embedding-drift.ts";
import { fitData } from "./fit-data.ts";
import { PLACE_KEYS } from "./http-place.ts";
import { observe, type ProbeFailure } from "./observe.ts";
import { notListed, isPinned, readLoaded, serverNowMs } from "./ollama-state.ts";
import { booleanAt, numberAt, objectAt } from "./read-json.ts";
import { isAnswer, isStarting, measureReply } from "./replies.ts";
import { serverApi, type Answered, type Asking, type OpenApi } from "./server-api.ts";
import { statusFailure } from "./status-failure.ts";

/** Of no language model's test set; short, so that it is the cheapest there is. */
const SENTENCE = "The quick brown fox jumps over the lazy dog.";

/** Where an API embeds a sentence, and how it is asked. */
const APIS = {
  openai: {
    path: "/v1/embeddings",
    ask: (model: string | undefined) => ({ ...(model && { model }), input: [SENTENCE] }),
  },
  ollama: { path: "/api/embed", ask: (model: string | undefined) => ({ ...(model && { model }), input: [SENTENCE] }) },
  tei: { path: "/embed", ask: () => ({ inputs: [SENTENCE] }) },
} as const satisfies Record<string, { path: string; ask(model: string | undefined): Json }>;

type ApiName = keyof typeof APIS;

const KEYS = {
  ...PLACE_KEYS,
  ...CANARY_KEYS,
  canary: CANARY_KEYS.canary.check(z.describe("A fixed sentence, embedded now and then and compared. Default: never.")),
  health: z
    ._default(z.string().check(z.regex(/^\//, { error: "a path that begins with /" })), "/health")
    .check(z.describe("Path that says whether it is alive.")),
  api: z
    ._default(z.enum(Object.keys(APIS) as [ApiName, ...ApiName[]]), "openai")
    .check(z.describe("How it is asked for an embedding.")),
  model: z
    .optional(z.string().check(z.minLength(1), z.maxLength(128)))
    .check(z.describe("Which model embeds the sentence. Default: the server's own.")),
  least_similarity: z
    ._default(z.number().check(z.gt(0), z.lte(1)), 0.98)
    .check(z.describe("Cosine of the sentence's vector with the first one; below it is another model.")),
  reference: z
    .optional(z.string().check(z.maxLength(64)))
    .check(z.describe("Any text. Change it when another model is meant: the next good answer counts as the first.")),
};

type EmbeddingsSettings = z.output<z.ZodMiniObject<typeof KEYS>>;

const ENDPOINTS = ["/v1/embeddings", "/api/embed", "/embed", "/health", "/v1"];

export const embeddings = defineCheckType({
  keys: KEYS,
  secretKeys: [],
  tuningKeys: [...CANARY_TUNING, "least_similarity"],
  configure(settings, report, abilities) {
    const open = serverApi(settings, { endpoints: ENDPOINTS, report, abilities });
    const plan = open && { open, settings, rules: canaryRules(settings.canary) };
    return plan && ((context) => probeEmbeddings(plan, context));
  },
});

interface Plan {
  readonly open: OpenApi;
  readonly settings: EmbeddingsSettings;
  readonly rules: CanaryRules | null;
}

/** What is left for the next probe. */
interface Kept {
  readonly canary: CanaryState;
  readonly drift: Drift | null;
  /** Status of the last canary, when that was no success. */
  readonly refusedBy: number | null;
}

async function probeEmbeddings(plan: Plan, context: ProbeContext): Promise<Finding> {
  const asking = plan.open(context);
  const reply = await asking.ask({ path: plan.settings.health });
  const measured = measureReply(reply);
  if (reply.kind === "failure") return observe(reply, measured);
  if (isStarting(reply)) return observe({ reason: "starting", message: "Loading its model" }, measured);
  const failure = statusFailure(reply.statusCode);
  if (failure) return observe(failure, measured);
  const left = unpackKept(context.memory, context.clock.nowMs());
  const before = plan.rules ? left : withoutVerdict(left);
  const { kept, baseline, skipped } = await embed(before, { plan, asking, context });
  const nowMs = context.clock.nowMs();
  const data = dataOf(kept, { rules: plan.rules, nowMs, health: reply, skipped });
  const verdict = judge(kept, plan.settings, nowMs);
  return {
    ...observe(verdict, { ...measured, details: { ...measured.details, body: { json: data } } }),
    memory: packKept(kept),
    ...(baseline && { baseline: packVector(baseline) }),
  };
}

/** What only another canary could end, where there are none any more. */
function withoutVerdict({ canary }: Kept): Kept {
  return { canary: forgetSilence(canary), drift: null, refusedBy: null };
}

interface Embedding {
  readonly plan: Plan;
  readonly asking: Asking;
  readonly context: ProbeContext;
}

interface Embedded {
  readonly kept: Kept;
  /** The first good answer; null: it is known, or there was none. */
  readonly baseline: Vector | null;
  /** Why the sentence was not sent although it was due. */
  readonly skipped?: string;
}

/** Embeds the sentence when it is time. */
async function embed(kept: Kept, { plan, asking, context }: Embedding): Promise<Embedded> {
  const { settings, rules } = plan;
  const sentMs = context.clock.nowMs();
  if (!wantsCanary(kept.canary, rules, sentMs)) return { kept, baseline: null };
  const skipped = await findDisturbance(asking, settings, rules);
  if (skipped !== null) return { kept, baseline: null, skipped };
  const { path, ask } = APIS[settings.api];
  const reply = await asking.ask({ path, body: ask(settings.model) });
  if (isSilence(reply)) {
    return { kept: { ...kept, canary: nextCanary(kept.canary, null, sentMs), refusedBy: null }, baseline: null };
  }
  const { statusCode, json } = reply;
  const vector = isAnswer(reply) ? readEmbedding(json) : null;
  if (!vector)
    return { kept: { ...kept, canary: refusedCanary(kept.canary, sentMs), refusedBy: statusCode }, baseline: null };
  const answer = { tookMs: reply.durationMs, tokensPerS: null, firstTokenMs: null };
  const canary = nextCanary(kept.canary, answer, sentMs);
  const first = unpackVector(await context.baseline());
  const drift = compare(vector, first ?? vector);
  return { kept: { canary, drift, refusedBy: null }, baseline: first ? null : vector };
}

/** What the sentence would load, wake or keep loaded; null: nothing that the server tells of. */
async function findDisturbance(
  asking: Asking,
  { api, model }: EmbeddingsSettings,
  { everyMs }: CanaryRules,
): Promise<string | null> {
  if (api === "openai") {
    const props = await asking.ask({ path: "/props" });
    return isAnswer(props) && booleanAt(props.json, "is_sleeping") === true ? "It sleeps" : null;
  }
  if (api !== "ollama") return null;
  const lists = await asking.ask({ path: "/api/ps" });
  const loaded = readLoaded(lists)?.find(({ name }) => model !== undefined && notListed([model], [name]).length === 0);
  if (!loaded) return "Its model is not loaded";
  const staysMs = (loaded.expiresAtMs ?? Infinity) - (serverNowMs(lists) ?? Infinity);
  return !isPinned(loaded) && staysMs >= everyMs ? "It would stay loaded for ever" : null;
}

function compare(vector: Vector, first: Vector): Drift {
  return { dimension: vector.dimension, firstDimension: first.dimension, similarity: similarity(vector, first) };
}

function judge({ canary, drift, refusedBy }: Kept, settings: EmbeddingsSettings, nowMs: number): ProbeFailure | null {
  if (refusedBy !== null) return withAdvice(refusal(refusedBy, settings.model), settings.restart);
  const silence = canaryFailure(canary, nowMs, settings.restart);
  if (silence) return silence;
  const message = drift && describeDrift(drift, settings.least_similarity);
  return message === null ? null : { reason: "semantic_drift", message };
}

function refusal(statusCode: number, model: string | undefined): ProbeFailure {
  if (statusFailure(statusCode) === null)
    return { reason: "protocol", message: "Alive, but its answer is no embedding" };
  const asked = model === undefined ? "a sentence" : `a sentence for the model ${model}`;
  const refused: ProbeFailure = { reason: "config", message: `Alive, but answered HTTP ${statusCode} to ${asked}` };
  return refusalFailure(statusCode) ?? refused;
}

interface Told {
  readonly rules: CanaryRules | null;
  readonly nowMs: number;
  readonly health: Answered;
  readonly skipped: string | undefined;
}

function dataOf({ canary, drift }: Kept, { rules, nowMs, health, skipped }: Told): Json {
  const { tokens_per_s: _speed, first_token_ms: _first, ...spent } = showCanary(canary, rules, nowMs) ?? {};
  return fitData({
    ...(rules && { dimension: drift?.dimension ?? null, similarity: drift?.similarity ?? null, canary: spent }),
    canary_note: skipped,
    health: (objectAt({ health: health.json }, "health") ?? undefined) as Json | undefined,
  });
}

function packKept({ canary, drift, refusedBy }: Kept): Json {
  return { canary: packCanary(canary), drift: packDrift(drift), refusedBy };
}

function unpackKept(memory: Json, nowMs: number): Kept {
  return {
    canary: resumeCanary(objectAt(memory, "canary") as Json, nowMs),
    drift: unpackDrift(memory),
    refusedBy: numberAt(memory, "refusedBy"),
  };
}
