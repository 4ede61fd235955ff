/**
 * Check type `openai`: a server that speaks OpenAI's API. What it lists, what is loaded and what was answered, as far as it can tell.
 * Knows who they are by openai-servers.ts. Invariants: those of the table; what is only told beside (a list that fails, a model that is not
 * loaded) is nothing against a server that is alive.
 */
import * as z from "zod/mini";
import { afterAside, type AsideSilence } from "../domain/monitoring/aside-silence.ts";
import type { Json } from "../domain/monitoring/check.ts";
import type { Finding, ProbeContext } from "../ports/prober.ts";
import { asideFailure, isHeard, packAside, unpackAside } from "./aside.ts";
import { afterDeath, CANARY_KEYS, CANARY_TUNING, canaryFailure, canaryRules, showCanary } from "./canary.ts";
import { defineCheckType } from "./check-type.ts";
import { fitData, listNames } from "./fit-data.ts";
import { PLACE_KEYS } from "./http-place.ts";
import { observe, worstOf, type ProbeFailure } from "./observe.ts";
import { packTried, tryCanary, noteOf, unpackTried, withoutVerdict, type Tried } from "./openai-canary.ts";
import {
  ANY_SERVER,
  loadedModel,
  readListing,
  readLoaded,
  SERVERS,
  type LoadedModel,
  type Server,
  type ServerName,
} from "./openai-servers.ts";
import { objectAt, textAt } from "./read-json.ts";
import { isAnswer, isStarting, measureReply, type Measured } from "./replies.ts";
import { serverApi, type Asking, type OpenApi, type Reply } from "./server-api.ts";
import { statusFailure } from "./status-failure.ts";

const MOST_MODELS = 20;
const LONGEST_MODEL = 128;

const KEYS = {
  ...PLACE_KEYS,
  server: z
    ._default(z.enum(["auto", ...(Object.keys(SERVERS) as ServerName[])]), "auto")
    .check(
      z.describe(
        "Which one it is. Default: as it says itself; LocalAI, TEI and LiteLLM are asked more when they are named.",
      ),
    ),
  models: z
    ._default(z.array(z.string().check(z.minLength(1), z.maxLength(LONGEST_MODEL))).check(z.maxLength(MOST_MODELS)), [])
    .check(z.describe("Models that it must list, by its names; without one of them it is unhealthy.")),
  ...CANARY_KEYS,
};

type OpenAiSettings = z.output<z.ZodMiniObject<typeof KEYS>>;

/** What people may have copied as the URL, the longest first. */
const ENDPOINTS = ["/v1/chat/completions", "/v1/embeddings", "/v1/models", "/health/liveliness", "/health", "/v1"];

export const openai = defineCheckType({
  keys: KEYS,
  secretKeys: [],
  tuningKeys: [...CANARY_TUNING, "models"],
  configure(settings, report, abilities) {
    const open = serverApi(settings, { endpoints: ENDPOINTS, report, abilities });
    return open && ((context) => probeOpenAi({ open, settings }, context));
  },
});

interface Plan {
  readonly open: OpenApi;
  readonly settings: OpenAiSettings;
}

/** What is left for the next probe. */
interface Kept extends Tried {
  /** Who it has said to be. */
  readonly server: ServerName | null;
  /** That it does not tell what it lists or has loaded. */
  readonly aside: AsideSilence | null;
}

async function probeOpenAi(plan: Plan, context: ProbeContext): Promise<Finding> {
  const kept = unpackKept(context.memory, context.clock.nowMs());
  return probeAs(plan.settings.canary ? kept : withoutVerdict(kept), plan, context);
}

async function probeAs(kept: Kept, plan: Plan, context: ProbeContext): Promise<Finding> {
  const { server } = plan.settings;
  const name = server === "auto" ? kept.server : server;
  const asking = plan.open(context);
  const found = await askServer(name ? SERVERS[name] : ANY_SERVER, asking);
  // Perhaps another server has moved in behind the same URL; what canaries have spent there is spent.
  if ("gone" in found && server === "auto" && name !== null) return probeAs({ ...kept, server: null }, plan, context);
  if ("gone" in found) return observe(NO_LIST, found.gone);
  if ("failure" in found) {
    const left = { ...kept, canary: afterDeath(kept.canary, found.failure) };
    return { ...observe(found.failure, found), memory: packKept(left) };
  }
  return judge(found, { ...plan, asking, kept, context });
}

interface Alive extends Measured {
  readonly server: Server;
  readonly models: readonly string[] | null;
  /** Who it says to be. */
  readonly name: ServerName | null;
  /** Whether it has told its list; null: it is the sign of life, or that is not known. */
  readonly isHeard: boolean | null;
}

type Found = Alive | (Measured & { readonly failure: ProbeFailure }) | { readonly gone: Measured };

const NO_LIST: ProbeFailure = {
  reason: "protocol",
  message: "No list of models there: it does not speak OpenAI's API, or its URL is another one",
};

async function askServer(server: Server, asking: Asking): Promise<Found> {
  const sign = await (server.liveness === null
    ? askFirst(asking, server.lists)
    : asking.ask({ path: server.liveness }));
  const measured = measureReply(sign);
  if (isMissing(sign)) return { gone: measured };
  const failure = findFailure(sign);
  if (failure) return { ...measured, failure };
  if (server.liveness !== null) return listAlive(server, measured, await askFirst(asking, server.lists));
  const listing = isAnswer(sign) ? readListing(sign) : null;
  return listing
    ? { ...measured, server, models: listing.models, name: listing.server, isHeard: null }
    : { gone: measured };
}

/** Of one that is known to live it is only refused credentials that count. */
function listAlive(server: Server, measured: Measured, list: Reply): Found {
  const refusal = findFailure(list);
  if (refusal?.reason === "auth") return { ...measured, failure: refusal };
  const listing = isAnswer(list) ? readListing(list) : null;
  const heard = isHeard(list, measured.responseTimeMs);
  return { ...measured, server, models: listing?.models ?? null, name: listing?.server ?? null, isHeard: heard };
}

const isMissing = (reply: Reply): boolean => reply.kind === "answered" && reply.statusCode === 404;

function findFailure(reply: Reply): ProbeFailure | null {
  if (reply.kind === "failure") return reply;
  if (isStarting(reply)) return { reason: "starting", message: "Loading its model" };
  return statusFailure(reply.statusCode);
}

/** The first that is there; the last when none is. */
async function askFirst(asking: Asking, [path = "", ...others]: readonly string[]): Promise<Reply> {
  const reply = await asking.ask({ path });
  return isMissing(reply) && others.length > 0 ? askFirst(asking, others) : reply;
}

interface Judging extends Plan {
  readonly asking: Asking;
  readonly kept: Kept;
  readonly context: ProbeContext;
}

async function judge(alive: Alive, judging: Judging): Promise<Finding> {
  const { settings, asking, kept, context } = judging;
  // Who has just said who it is is asked what it can tell from the next probe on.
  const { loaded, isHeard: told } = await findLoaded(asking, alive);
  const missing = alive.models && settings.models.find((model) => !alive.models?.includes(model));
  const rules = canaryRules(settings.canary);
  const turn = { server: alive.server, loaded, wanted: settings.models, rules, nowMs: context.clock.nowMs() };
  const tried = await tryCanary(kept, turn, asking);
  const nowMs = context.clock.nowMs();
  const aside = afterAside(kept.aside, told, nowMs);
  const name = alive.name ?? kept.server;
  const data = fitData({
    models: alive.models ? listNames(alive.models) : null,
    loaded: loaded ? listNames(loaded.map(({ id }) => id)) : null,
    server: settings.server === "auto" ? name : settings.server,
    canary: showCanary(tried.canary, rules, nowMs),
    canary_note: rules ? noteOf(tried, turn) : undefined,
  });
  const { restart } = settings;
  const verdict = worstOf([
    missing ? notListed(missing) : null,
    canaryFailure(tried.canary, nowMs, restart),
    asideFailure(aside, tried.canary, { nowMs, restart }),
  ]);
  const { responseTimeMs, statusCode, details } = alive;
  return {
    ...observe(verdict, { responseTimeMs, statusCode, details: { ...details, body: { json: data } } }),
    memory: packKept({ ...tried, server: name, aside }),
  };
}

const notListed = (model: string): ProbeFailure => ({
  reason: "assertion",
  message: ["The model ", { text: model, atMost: LONGEST_MODEL }, " is not listed"],
});

interface Told {
  /** Null: nobody can tell, or it did not now. */
  readonly loaded: readonly LoadedModel[] | null;
  readonly isHeard: boolean | null;
}

async function findLoaded(asking: Asking, { server, models, ...alive }: Alive): Promise<Told> {
  if (server.listsLoaded) return { loaded: models?.map((id) => loadedModel(id)) ?? null, isHeard: alive.isHeard };
  if (server.loaded.length === 0) return { loaded: null, isHeard: alive.isHeard };
  const reply = await askFirst(asking, server.loaded);
  return { loaded: isAnswer(reply) ? readLoaded(reply) : null, isHeard: isHeard(reply, alive.responseTimeMs) };
}

function packKept({ server, aside, ...tried }: Kept): Json {
  return { server, aside: packAside(aside), ...packTried(tried) };
}

function unpackKept(memory: Json, nowMs: number): Kept {
  const server = textAt(memory, "server");
  return {
    server: server !== null && Object.hasOwn(SERVERS, server) ? (server as ServerName) : null,
    aside: unpackAside(objectAt(memory, "aside")),
    ...unpackTried(memory, nowMs),
  };
}
