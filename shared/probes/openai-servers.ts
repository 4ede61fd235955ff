/**
 * The servers that speak OpenAI's API, and what each of them can tell: whether it is alive, which models it lists, which are loaded.
 * A table. Read by openai.ts. Sources: reference of each server, and answers of real ones (test/data/llm).
 * Invariants: nothing that is asked makes a model work or load; LiteLLM's `/health`, which asks every model of it for a completion, is
 * never asked; command lines and paths that an answer holds are not read.
 */
import { MINUTE_MS, SECOND_MS } from "./duration.ts";
import { numberAt, objectsAt, textAt, type JsonObject } from "./read-json.ts";
import type { Answered } from "./server-api.ts";

export interface Server {
  /** Null: the list itself is the sign of life. */
  readonly liveness: string | null;
  /** Where the models may be listed; the first that is there counts. */
  readonly lists: readonly string[];
  /** Whether what it lists is loaded; null: nobody can tell. */
  readonly listsLoaded: boolean | null;
  /** Where it says which are loaded, if elsewhere. */
  readonly loaded: readonly string[];
  /** Whether it generates text: a canary asks for a token of it. */
  readonly generates: boolean;
  /** How long a model stays loaded after a call, where it does not say itself; 0: for ever. */
  readonly staysMs: number;
}

export interface LoadedModel {
  readonly id: string;
  /** How long it stays loaded after a call, before it is unloaded by itself; null: it does not say. */
  readonly staysMs: number | null;
}

const V1_MODELS = "/v1/models";
const NOTHING_MORE = { loaded: [], listsLoaded: null, generates: true, staysMs: 0 } as const;

export const SERVERS = {
  /** github.com/vllm-project/vllm: 503 when its engine is dead; lists what it serves. */
  vllm: { ...NOTHING_MORE, liveness: "/health", lists: [V1_MODELS], listsLoaded: true },
  /**
   * lmstudio.ai/docs: lists everything that it could load; since 0.4 `/api/v1/models`, before `/api/v0/models` say what is loaded. What
   * a call has loaded it unloads after an hour without one, and no list says which those are.
   */
  lmstudio: {
    ...NOTHING_MORE,
    liveness: null,
    lists: [V1_MODELS],
    loaded: ["/api/v1/models", "/api/v0/models"],
    staysMs: 60 * MINUTE_MS,
  },
  /** localai.io: `/readyz` is 503 while it preloads; lists what is configured. */
  localai: { ...NOTHING_MORE, liveness: "/readyz", lists: [V1_MODELS] },
  /** github.com/mostlygeek/llama-swap: lists what is configured, and says what runs and for how long (`ttl`, seconds; 0: for ever). */
  llama_swap: { ...NOTHING_MORE, liveness: null, lists: [V1_MODELS], loaded: ["/running"] },
  /** huggingface.co/docs/text-embeddings-inference: one model, which `/health` asks for its health. */
  tei: { ...NOTHING_MORE, liveness: "/health", lists: ["/info"], listsLoaded: true, generates: false },
  /** github.com/michaelfeil/infinity: below `/v1` only when it was told so. */
  infinity: {
    ...NOTHING_MORE,
    liveness: null,
    lists: ["/models", V1_MODELS],
    listsLoaded: true,
    generates: false,
  },
  /** docs.litellm.ai: a proxy, which knows nothing of what its models do. */
  litellm: { ...NOTHING_MORE, liveness: "/health/liveliness", lists: [V1_MODELS] },
} as const satisfies Record<string, Server>;

export type ServerName = keyof typeof SERVERS;

/** Whatever it is, as long as nobody knows. */
export const ANY_SERVER: Server = { ...NOTHING_MORE, liveness: null, lists: [V1_MODELS, "/models", "/info"] };

export interface Listing {
  /** Ids as the server spells them. */
  readonly models: readonly string[];
  /** Who it is by what it says of itself; null: it does not say. */
  readonly server: ServerName | null;
}

/** What the entries of a list say who owns them. */
const OWNERS: ReadonlyMap<string | null, ServerName> = new Map([
  ["vllm", "vllm"],
  ["infinity", "infinity"],
  ["llama-swap", "llama_swap"],
  ["organization_owner", "lmstudio"],
]);

/** Null: that is no list of models. */
export function readListing({ json }: Pick<Answered, "json">): Listing | null {
  const entries = objectsAt(json, "data");
  if (entries) {
    const [first] = entries;
    return { models: idsOf(entries), server: first ? (OWNERS.get(textAt(first, "owned_by")) ?? null) : null };
  }
  const model = textAt(json, "served_model_name") ?? textAt(json, "model_id");
  return model === null ? null : { models: [model], server: "tei" };
}

const idsOf = (entries: readonly JsonObject[]): string[] =>
  entries.map((entry) => textAt(entry, "id")).filter((id) => id !== null);

/** What is loaded, by any of the servers that say so; null: that is no such answer. */
export function readLoaded({ json }: Pick<Answered, "json">): LoadedModel[] | null {
  const running = objectsAt(json, "running");
  if (running) return running.filter((each) => textAt(each, "state") === "ready").map(readRunning);
  const models = objectsAt(json, "models");
  if (models)
    return models.flatMap((model) =>
      (objectsAt(model, "loaded_instances") ?? []).map((each) =>
        loadedModel(textAt(each, "id") ?? textAt(model, "key") ?? ""),
      ),
    );
  const data = objectsAt(json, "data");
  return data && idsOf(data.filter((each) => textAt(each, "state") === "loaded")).map((id) => loadedModel(id));
}

export const loadedModel = (id: string, staysMs: number | null = null): LoadedModel => ({ id, staysMs });

function readRunning(entry: JsonObject): LoadedModel {
  const seconds = numberAt(entry, "ttl");
  const isTold = seconds !== null && seconds >= 0 && seconds <= LONGEST_TTL_S;
  return loadedModel(textAt(entry, "model") ?? "", isTold ? seconds * SECOND_MS : null);
}

/** Of a year or more nothing is unloaded: that is said to be long, not to be a number. */
const LONGEST_TTL_S = 31_536_000;
