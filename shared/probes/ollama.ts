/**
 * Check type `ollama`: whether it lives, which models it lists and says are loaded, whether they run where they ran before and, where
 * the configuration asks for it, whether one of them really generates. What the answers mean is in ollama-*.ts.
 * Invariants: two small questions a probe, seldom a third; only the first one, for the list of models, decides whether it lives; nothing is
 * loaded, unloaded or pinned by a probe.
 */
import * as z from "zod/mini";
import { afterAside } from "../domain/monitoring/aside-silence.ts";
import { isUnconfirmed, type CanaryRules } from "../domain/monitoring/canary.ts";
import type { Json } from "../domain/monitoring/check.ts";
import { formatMinute, formatTimestamp } from "../domain/text/timestamp.ts";
import type { Finding, ProbeContext } from "../ports/prober.ts";
import { asideFailure, isHeard } from "./aside.ts";
import {
  CANARY_KEYS,
  CANARY_TUNING,
  canaryFailure,
  canaryRules,
  showCanary,
  wantsCanary,
  withAdvice,
} from "./canary.ts";
import { defineCheckType } from "./check-type.ts";
import { MINUTE_MS, SECOND_MS } from "./duration.ts";
import { bytesBeside, cutName, fitData, listNames } from "./fit-data.ts";
import { PLACE_KEYS } from "./http-place.ts";
import { observe, worstOf, type ProbeFailure } from "./observe.ts";
import { canaryQuestion, chooseModel, readCanary, USUAL_CONTEXT } from "./ollama-canary.ts";
import { judgeShares, packRuns, unpackRuns } from "./ollama-gpu.ts";
import { afterOutage, packMemory, unpackMemory, withoutVerdict, type OllamaMemory } from "./ollama-memory.ts";
import { afterCanary, barReloaded, see, type Sight } from "./ollama-sight.ts";
import { notListed, readTags, readVersion, showLoaded, type Listed, type LoadedModel } from "./ollama-state.ts";
import { measureReply } from "./replies.ts";
import { serverApi, type Asking, type OpenApi, type Question, type Reply } from "./server-api.ts";

/** What people may have at the end of the URL: it was a plain check before, or it is what their agents use. */
const ENDPOINTS = [
  "/api/tags",
  "/api/ps",
  "/api/version",
  "/api/generate",
  "/api/chat",
  "/api",
  "/v1/chat/completions",
  "/v1/models",
  "/v1",
];

/** Versions change when somebody installs one. */
const VERSION_EVERY_MS = 60 * MINUTE_MS;

/** A list that only informs is not waited for longer, and leaves time to end. */
const MOST_ASIDE_MS = 5 * SECOND_MS;
const SPARE_MS = 300;

const FAILED_AGAIN_MS = 15 * MINUTE_MS;

const MOST_MODELS = 50;
const LONGEST_NAME = 200;
const MOST_NAME = 64;
const MOST_LOADED_SHOWN = 4;
const MOST_MISSING_TOLD = 3;

const KEYS = {
  ...PLACE_KEYS,
  models: z
    .optional(
      z
        .array(z.string().check(z.minLength(1), z.maxLength(LONGEST_NAME)))
        .check(z.minLength(1), z.maxLength(MOST_MODELS)),
    )
    .check(z.describe('Models that it must have pulled, such as "llama3.2:3b"; without a tag ":latest" is meant.')),
  expect: z
    .optional(z.enum(["gpu", "cpu"]))
    .check(z.describe("Where models are to run. Default: as far on the GPU as they were seen to run here before.")),
  ...CANARY_KEYS,
  context_length: z
    ._default(z.int().check(z.gte(1)), USUAL_CONTEXT)
    .check(
      z.describe(
        "For canaries: the context of models that are called without num_ctx (OLLAMA_CONTEXT_LENGTH). One with another context gets none: it would be loaded anew.",
      ),
    ),
};

interface Plan {
  readonly open: OpenApi;
  readonly wanted: readonly string[];
  readonly expect: "gpu" | "cpu" | undefined;
  readonly rules: CanaryRules | null;
  readonly restart: string | undefined;
  readonly usualContext: number;
}

export const ollama = defineCheckType({
  keys: KEYS,
  secretKeys: [],
  tuningKeys: [...CANARY_TUNING, "models", "expect"],
  configure(settings, report, abilities) {
    const open = serverApi(settings, { endpoints: ENDPOINTS, report, abilities });
    if (!open) return null;
    const { models: wanted = [], expect, restart, context_length: usualContext } = settings;
    const plan = { open, wanted, expect, rules: canaryRules(settings.canary), restart, usualContext };
    return (context) => probeOllama(plan, context);
  },
});

async function probeOllama(plan: Plan, context: ProbeContext): Promise<Finding> {
  const asking = plan.open(context);
  const tags = await asking.ask({ path: "/api/tags" });
  const measured = measureReply(tags);
  const listed = readTags(tags);
  const left = unpackMemory(context.memory, context.clock.nowMs());
  if (!("names" in listed)) return { ...observe(listed, measured), memory: packMemory(afterOutage(left, listed)) };
  const visit = { plan, context, asking, listed };
  const known = await askVersion(plan.rules ? left : withoutVerdict(left), visit);
  const running = await askAside(asking, { path: "/api/ps" });
  const aside = afterAside(known.aside, isHeard(running, tags.durationMs), context.clock.nowMs());
  const first = see({ ...known, aside }, running, context.clock.nowMs());
  const { sight, skipped } = await sendCanary(first, visit);
  const { failure: cpuFallback, ...runs } = await judgeRuns(sight.loaded, known, visit);
  const nowMs = context.clock.nowMs();
  const silence = canaryFailure(sight.memory.canary, nowMs, plan.restart);
  // What is busy may be so because it runs on the CPU.
  const failure = worstOf([
    missingModels(plan, listed),
    cannotGenerate(sight, plan),
    cpuFallback,
    silence,
    asideFailure(aside, sight.memory.canary, { nowMs, restart: plan.restart }),
  ]);
  const details = { ...measured.details, body: { json: describe(sight, visit, { skipped, nowMs }) } };
  return { ...observe(failure, { ...measured, details }), memory: packMemory(sight.memory), ...runs };
}

interface Visit {
  readonly plan: Plan;
  readonly context: ProbeContext;
  readonly asking: Asking;
  readonly listed: Listed;
}

/** Null: there is no time left to ask. */
async function askAside(asking: Asking, question: Question): Promise<Reply | null> {
  const mostMs = Math.min(MOST_ASIDE_MS, asking.leftMs() - SPARE_MS);
  return mostMs > 0 ? asking.ask({ ...question, mostMs }) : null;
}

async function askVersion(known: OllamaMemory, { asking, context }: Visit): Promise<OllamaMemory> {
  const { versionAskedMs } = known;
  const nowMs = context.clock.nowMs();
  const agoMs = versionAskedMs === null ? Infinity : Math.abs(nowMs - versionAskedMs);
  if (agoMs < VERSION_EVERY_MS) return known;
  const reply = await askAside(asking, { path: "/api/version" });
  return reply ? { ...known, version: readVersion(reply), versionAskedMs: nowMs } : known;
}

/** `skipped`: why none was sent although one was due. */
async function sendCanary(
  sight: Sight,
  visit: Visit,
): Promise<{ readonly sight: Sight; readonly skipped?: string | undefined }> {
  const { plan, context, asking } = visit;
  const { memory, loaded } = sight;
  const sentMs = context.clock.nowMs();
  const mostMs = asking.leftMs() - SPARE_MS;
  // A short while says nothing of how busy it is.
  if (!loaded || isLetBe(memory.failed, sentMs) || mostMs < context.timeoutMs / 2) return { sight };
  if (!wantsCanary(memory.canary, plan.rules, sentMs)) return { sight };
  const choice = chooseModel(candidates(sight, visit, { rules: plan.rules, loaded }));
  if ("skipped" in choice) return { sight, skipped: choice.skipped };
  const outcome = readCanary(await asking.ask({ ...canaryQuestion(choice.model), mostMs }));
  const after = afterCanary(memory, { model: choice.model, outcome, sentMs });
  const again = see(after, await askAside(asking, { path: "/api/ps" }), context.clock.nowMs());
  return { sight: again.loaded ? barReloaded(again, choice.model) : { ...sight, memory: after } };
}

/** What cannot generate would have to be loaded to confirm it: it is asked later than others, and let be when somebody calls it. */
function isLetBe(failed: OllamaMemory["failed"], nowMs: number): boolean {
  return failed !== null && Math.abs(nowMs - failed.atMs) < FAILED_AGAIN_MS;
}

function candidates({ memory, serverNowMs }: Sight, { context, plan, listed }: Visit, due: DueCanary) {
  const { askedKey, canary, residents, failed } = memory;
  // Whether it is wedged is asked of the one that was silent; whether it generates again, of the one that could not.
  const isAboutOne = failed !== null || (canary.memory?.inVain ?? 0) > 0;
  const aboutKey = failed?.key ?? askedKey;
  return {
    loaded: due.loaded.filter(({ key }) => !isAboutOne || key === aboutKey),
    residents,
    embedding: listed.embedding,
    serverNowMs,
    everyMs: due.rules.everyMs,
    timeoutMs: context.timeoutMs,
    usualContext: plan.usualContext,
  };
}

interface DueCanary {
  readonly rules: CanaryRules;
  readonly loaded: readonly LoadedModel[];
}

async function judgeRuns(
  loaded: readonly LoadedModel[] | null,
  { residents }: OllamaMemory,
  { plan: { expect }, context }: Visit,
): Promise<{ readonly failure: ProbeFailure | null; readonly baseline?: Json }> {
  if (!loaded?.some(({ gpuShare }) => gpuShare !== null)) return { failure: null };
  const before = unpackRuns(await context.baseline());
  const seenMs = new Map(residents.map((resident) => [resident.key, resident.seenMs]));
  const { failure, seen } = judgeShares(loaded, before, { expect, nowMs: context.clock.nowMs(), seenMs });
  return { failure, ...(seen !== before && { baseline: packRuns(seen) }) };
}

function missingModels({ wanted }: Plan, { names }: Listed): ProbeFailure | null {
  if (wanted.length === 0) return null;
  if (names === null) return { reason: "too_large", message: "The list of models is larger than 512 KiB" };
  const missing = notListed(wanted, names);
  if (missing.length === 0) return null;
  const told = missing.slice(0, MOST_MISSING_TOLD).join(", ");
  const more = missing.length > MOST_MISSING_TOLD ? ` and ${missing.length - MOST_MISSING_TOLD} more` : "";
  return { reason: "assertion", message: `Not among its models: ${told}${more}` };
}

function cannotGenerate({ loaded, memory: { failed, canary } }: Sight, { restart }: Plan): ProbeFailure | null {
  if (!failed || (canary.memory && isUnconfirmed(canary.memory))) return null;
  const name = loaded?.find(({ key }) => key === failed.key)?.name ?? "the model";
  const at = formatMinute(failed.atMs);
  const end = ` is only listed as loaded and could not generate at ${at} (HTTP ${failed.statusCode})`;
  return withAdvice({ reason: "wedged", message: ["Alive, but ", { text: name, atMost: MOST_NAME }, end] }, restart);
}

/** For `data`. An empty list of what is loaded says nothing: it is empty as well while a model is loading. */
function describe(
  { loaded, memory }: Sight,
  { plan, listed }: Visit,
  told: { skipped: string | undefined; nowMs: number },
) {
  const canary = showCanary(memory.canary, plan.rules, told.nowMs);
  const facts = {
    loaded: loaded?.slice(0, MOST_LOADED_SHOWN).map(showLoaded) ?? null,
    loaded_more: loaded && loaded.length > MOST_LOADED_SHOWN ? loaded.length - MOST_LOADED_SHOWN : undefined,
    loaded_proven: showProof(loaded, memory),
    canary: canary && told.skipped !== undefined ? { ...canary, skipped: told.skipped } : canary,
    version: memory.version ?? undefined,
  };
  const { names } = listed;
  return fitData({ models: names && listNames(names, bytesBeside(facts)), ...facts });
}

function showProof(loaded: Sight["loaded"], { proven }: OllamaMemory): Json {
  const model = proven && loaded?.find(({ key }) => key === proven.key);
  return proven && model ? { model: cutName(model.name), at: formatTimestamp(proven.atMs) } : null;
}
