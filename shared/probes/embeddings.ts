/**
 * Check type `embeddings`: a server of embeddings is alive, and, where it is asked for, makes of a fixed sentence what it made at first.
 * A model that is swapped behind the same name makes every stored vector worthless, and no other check notices.
 * Invariants: nothing is embedded unless the configuration asks for it, and nothing is loaded or kept loaded by it (embeddings-holder.ts,
 * embeddings-ollama.ts); the first good answer is kept until the settings change.
 */
import * as z from "zod/mini";
import { isUnconfirmed, type CanaryRules } from "../domain/monitoring/canary.ts";
import type { Json } from "../domain/monitoring/check.ts";
import type { Finding, ProbeContext } from "../ports/prober.ts";
import {
  afterDeath,
  CANARY_KEYS,
  CANARY_TUNING,
  canaryFailure,
  canaryRules,
  failedCanary,
  forgetVerdict,
  isRestart,
  lostCanary,
  nextCanary,
  packCanary,
  resumeCanary,
  showCanary,
  wantsCanary,
  type CanaryAnswer,
  type CanaryState,
} from "./canary.ts";
import { readResult, type CanaryResult } from "./canary-reply.ts";
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
import { APIS, type ApiName } from "./embeddings-api.ts";
import { findHolding, type Holding } from "./embeddings-holder.ts";
import {
  afterSentence,
  lookAtOllama,
  ollamaHolding,
  packResidency,
  unpackResidency,
  type OllamaLook,
  type Residency,
} from "./embeddings-ollama.ts";
import { fitData } from "./fit-data.ts";
import { PLACE_KEYS } from "./http-place.ts";
import { observe, type ProbeFailure } from "./observe.ts";
import { USUAL_CONTEXT } from "./ollama-canary.ts";
import { SERVERS, type ServerName } from "./openai-servers.ts";
import { objectAt } from "./read-json.ts";
import { isStarting, measureReply } from "./replies.ts";
import { serverApi, type Answered, type Asking, type OpenApi, type Reply } from "./server-api.ts";
import { statusFailure } from "./status-failure.ts";

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
  server: z
    ._default(z.enum(["auto", ...(Object.keys(SERVERS) as ServerName[])]), "auto")
    .check(
      z.describe(
        "With `api: openai`: which one it is, where it does not say so itself. Of one that nobody knows nothing is asked.",
      ),
    ),
  context_length: z
    ._default(z.int().check(z.gte(1)), USUAL_CONTEXT)
    .check(
      z.describe(
        "With `api: ollama`: the context that the model has when it is called without num_ctx, as `ollama ps` shows it. With another one it would be loaded anew, and gets no canary.",
      ),
    ),
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
  tuningKeys: [...CANARY_TUNING, "least_similarity", "server", "context_length"],
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
  /** What the last answer came to; null: there was none. */
  readonly drift: Drift | null;
  /** Of Ollama. */
  readonly residency: Residency;
}

async function probeEmbeddings(plan: Plan, context: ProbeContext): Promise<Finding> {
  const asking = plan.open(context);
  const reply = await asking.ask({ path: plan.settings.health });
  const measured = measureReply(reply);
  const left = unpackKept(context.memory, context.clock.nowMs());
  const failure = notAlive(reply);
  if (failure || reply.kind === "failure")
    return { ...observe(failure, measured), ...(failure && { memory: packKept(afterOutage(left, failure)) }) };
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

function notAlive(reply: Reply): ProbeFailure | null {
  if (reply.kind === "failure") return reply;
  if (isStarting(reply)) return { reason: "starting", message: "Loading its model" };
  return statusFailure(reply.statusCode);
}

function afterOutage(kept: Kept, failure: ProbeFailure): Kept {
  return { ...kept, canary: afterDeath(kept.canary, failure), ...(isRestart(failure) && { drift: null }) };
}

/** What only another canary could end, where there are none any more, or what was asked is not there. */
function withoutVerdict({ canary, ...kept }: Kept): Kept {
  return { ...kept, canary: forgetVerdict(canary), drift: null };
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

/** Embeds the sentence when it is time, and nothing is disturbed by it. */
async function embed(left: Kept, embedding: Embedding): Promise<Embedded> {
  const { plan, context } = embedding;
  if (!plan.rules) return { kept: left, baseline: null };
  const isDue = wantsCanary(left.canary, plan.rules, context.clock.nowMs());
  const isInVain = (left.canary.memory?.inVain ?? 0) > 0;
  const look = plan.settings.api === "ollama" ? await lookNow(left.residency, embedding) : null;
  const seen = look ? { ...left, residency: look.residency } : left;
  if (!isDue && !isInVain) return { kept: seen, baseline: null };
  const holding = await holdingOf(look, plan.rules, embedding);
  const kept = holding.kind === "barred" && holding.isGone ? withoutVerdict(seen) : seen;
  if (!isDue) return { kept, baseline: null };
  return holding.kind === "barred"
    ? { kept, baseline: null, skipped: holding.note }
    : sendSentence(kept, { look, holding }, embedding);
}

async function sendSentence(
  kept: Kept,
  { look, holding }: { look: OllamaLook | null; holding: Extract<Holding, { kind: "free" }> },
  embedding: Embedding,
): Promise<Embedded> {
  const { plan, asking, context } = embedding;
  // What has little time left would be silence for that alone.
  if (asking.leftMs() < asking.elapsedMs()) return { kept, baseline: null, skipped: "No time was left" };
  const sentMs = context.clock.nowMs();
  const { path, ask } = APIS[plan.settings.api];
  const reply = await asking.ask({ path: path + holding.query, body: ask(holding.model) });
  const result = readResult(reply, ({ json }) => readEmbedding(json) !== null);
  const embedded = await afterResult(kept, { result, sentMs }, embedding);
  if (!look) return embedded;
  const residency = afterSentence(look, await lookNow(look.residency, embedding), plan.settings.model);
  return { ...embedded, kept: { ...embedded.kept, residency } };
}

async function lookNow(before: Residency, { asking, context }: Embedding): Promise<OllamaLook> {
  return lookAtOllama(before, await asking.ask({ path: "/api/ps" }), context.clock.nowMs());
}

async function holdingOf(
  look: OllamaLook | null,
  rules: CanaryRules,
  { plan: { settings }, asking, context }: Embedding,
): Promise<Holding> {
  const { model, server, context_length: usualContext } = settings;
  if (look) return ollamaHolding(look, { model, everyMs: rules.everyMs, timeoutMs: context.timeoutMs, usualContext });
  if (settings.api === "openai") return findHolding(asking, { server, model, rules });
  // TEI holds its one model always.
  return { kind: "free", model, query: "" };
}

async function afterResult(
  kept: Kept,
  { result, sentMs }: { result: CanaryResult; sentMs: number },
  { plan, context }: Embedding,
): Promise<Embedded> {
  const { canary } = kept;
  if (result.kind === "silent") return { kept: { ...kept, canary: nextCanary(canary, null, sentMs) }, baseline: null };
  if (result.kind === "lost") return { kept: { ...kept, canary: lostCanary(canary, sentMs) }, baseline: null };
  const vector = result.kind === "answered" ? readEmbedding(result.reply.json) : null;
  if (result.kind !== "answered" || !vector) {
    const { statusCode } = result.kind === "answered" ? result.reply : result;
    return { kept: { ...kept, canary: failedCanary(canary, statusCode, sentMs), drift: null }, baseline: null };
  }
  const { statusCode, durationMs: tookMs } = result.reply;
  const first = unpackVector(await context.baseline());
  const drift = compare(vector, first ?? vector);
  const isStrange = describeDrift(drift, plan.settings.least_similarity) !== null;
  const answer: CanaryAnswer = { tookMs, tokensPerS: null, firstTokenMs: null };
  // Another vector is confirmed by the next canary, as every failure is.
  const next = isStrange ? failedCanary(canary, statusCode, sentMs) : nextCanary(canary, answer, sentMs);
  return { kept: { ...kept, canary: next, drift }, baseline: first ? null : vector };
}

function compare(vector: Vector, first: Vector): Drift {
  return { dimension: vector.dimension, firstDimension: first.dimension, similarity: similarity(vector, first) };
}

function judge({ canary, drift }: Kept, settings: EmbeddingsSettings, nowMs: number): ProbeFailure | null {
  const { memory } = canary;
  // With a vector the answer failed by nothing else.
  const failure = drift && memory?.failedStatus != null ? null : canaryFailure(canary, nowMs, settings.restart);
  if (failure || !drift || (memory && isUnconfirmed(memory))) return failure;
  const message = describeDrift(drift, settings.least_similarity);
  return message === null ? null : { reason: "semantic_drift", message };
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

function packKept({ canary, drift, residency }: Kept): Json {
  return { canary: packCanary(canary), drift: packDrift(drift), ...packResidency(residency) };
}

function unpackKept(memory: Json, nowMs: number): Kept {
  return {
    canary: resumeCanary(objectAt(memory, "canary") as Json, nowMs),
    drift: unpackDrift(memory),
    residency: unpackResidency(memory),
  };
}
