/**
 * What a llama.cpp server says of itself, read and judged; pure. llamacpp.ts asks it.
 * Invariants: of what the server wrote only names of models and its build get out, never a path, a command line or a prompt; what is
 * kept between probes (`Seen`) is numbers and our own words.
 */
import type { Json } from "../domain/monitoring/check.ts";
import { cutName, listNames } from "./fit-data.ts";
import type { ProbeFailure } from "./observe.ts";
import { amountAt, asObject, booleanAt, numberAt, objectAt, objectsAt, textAt, type JsonObject } from "./read-json.ts";
import type { Reply } from "./server-api.ts";
import { unexpectedStatus } from "./status-failure.ts";

export type Facts = Readonly<Record<string, Json | undefined>>;

/** What is wrong with a model that the configuration demands, the worst of them: `index` in the `models` key. */
interface Lack {
  readonly kind: "failed" | "missing" | "unloaded" | "loading";
  readonly index: number;
  readonly exitCode: number | null;
}

/** The state of the server at the last look, as a part of what a probe remembers. Null: it does not say. */
export interface Seen {
  readonly role: "model" | "router" | null;
  readonly isAsleep: boolean | null;
  /** It wants a key, and took none or not ours: all that it keeps to itself is unknown. */
  readonly isClosed: boolean;
  /** Of a router: whether it loads a model when it is asked for it. */
  readonly loadsItself: boolean | null;
  readonly lack: Lack | null;
  /** `/slots` was asked and did not answer in time. */
  readonly isSlotsSilent: boolean;
}

const NOTHING_SEEN: Seen = {
  role: null,
  isAsleep: null,
  isClosed: false,
  loadsItself: null,
  lack: null,
  isSlotsSilent: false,
};

/** An old default; from some build on it is another one. */
const OLD_PORT = 8_080;
const PORT_HINT =
  "Connection refused; llama.cpp changes its default port from 8080 to 9931 unless it is started with --port";

const refusal = (statusCode: number): boolean => statusCode === 401 || statusCode === 403;

/** What it says in the error of a 503, and before August 2024 as its status. */
const UNAVAILABLE: ReadonlyMap<string, ProbeFailure> = new Map([
  ["loading model", { reason: "starting", message: "Loading model" }],
  ["no slot available", { reason: "busy", message: "No slot is free" }],
]);

/** Null: it is alive. */
export function judgeHealth(health: Reply, port: number): ProbeFailure | null {
  if (health.kind === "failure") {
    return health.reason === "refused" && port === OLD_PORT ? { reason: "refused", message: PORT_HINT } : health;
  }
  const { statusCode, json } = health;
  const word = textAt(objectAt(json, "error"), "message") ?? textAt(json, "status") ?? "";
  if (statusCode === 200 && word === "ok") return null;
  if (statusCode === 200) return { reason: "protocol", message: "What answers /health does not speak as llama.cpp" };
  const unavailable = statusCode === 503 ? UNAVAILABLE.get(word.toLowerCase()) : undefined;
  return unavailable ?? unexpectedStatus(statusCode);
}

/** What of `/props` the next questions depend on. */
export interface Props {
  readonly isKnown: boolean;
  readonly hasSlots: boolean;
  readonly seen: Seen;
  readonly facts: Facts;
}

/** `/props` of a server of one model, or of a router. It is informative: without it all of that is unknown. */
export function readProps(reply: Reply, required: readonly string[]): Props {
  const none = { isKnown: false, hasSlots: false, facts: {}, seen: NOTHING_SEEN };
  if (reply.kind === "failure") return none;
  if (refusal(reply.statusCode))
    return { ...none, seen: { ...NOTHING_SEEN, isClosed: true }, facts: { needs_key: true } };
  const props = reply.statusCode === 200 ? asObject(reply.json) : null;
  if (props === null) return none;
  return textAt(props, "role") === "router" ? readRouter(props) : readServer(props, required);
}

const buildOf = (props: JsonObject): string | undefined => textAt(props, "build_info")?.slice(0, LONGEST_BUILD);

function readRouter(props: JsonObject): Props {
  const seen: Seen = { ...NOTHING_SEEN, role: "router", loadsItself: booleanAt(props, "models_autoload") };
  return { isKnown: true, hasSlots: false, seen, facts: { role: "router", build: buildOf(props) } };
}

function readServer(props: JsonObject, required: readonly string[]): Props {
  const isAsleep = booleanAt(props, "is_sleeping");
  const [alias, path] = [textAt(props, "model_alias"), textAt(props, "model_path")];
  const names = [alias, path].flatMap((name) => name || []);
  const lack = names.length === 0 ? null : lackOfOne(names, required);
  const facts = {
    role: "model",
    model: names[0] === undefined ? null : shownName(names[0], path),
    sleeping: isAsleep,
    slots_total: amountAt(props, "total_slots"),
    context: amountAt(objectAt(props, "default_generation_settings"), "n_ctx"),
    build: buildOf(props),
  };
  const seen: Seen = { ...NOTHING_SEEN, role: "model", isAsleep, lack };
  return { isKnown: true, hasSlots: booleanAt(props, "endpoint_slots") !== false, seen, facts };
}

const LONGEST_BUILD = 40;

/** What stands before the file name of a model: folders of a machine, though not the owner of a model ("owner/model"). */
const FOLDERS = /^(?:[a-z]:|~|\.{1,2})?[/\\].*[/\\]|^.*\\/i;

/** Without `--alias` the name of a model is its path. */
function modelName(name: string, path: string | null = null): string {
  return name === path || /\.gguf$/i.test(name) ? name.replace(/^.*[/\\]/, "") : name.replace(FOLDERS, "");
}

/** For `data`: what looks like options of a command line is none of a name. */
function shownName(name: string, path: string | null = null): string {
  return cutName(modelName(name, path).replace(/\s--[^]*$/, ""));
}

/** A server of one model answers to any name, so that it has another one shows here only. */
function lackOfOne(names: readonly string[], required: readonly string[]): Lack | null {
  const known = new Set(names.flatMap((name) => [name, modelName(name), modelName(name).replace(/\.gguf$/i, "")]));
  const index = required.findIndex((model) => !known.has(model));
  return index === -1 ? null : { kind: "missing", index, exitCode: null };
}

/** One model of a router. */
export interface RoutedModel {
  readonly id: string;
  /** `unloaded`, `loading`, `loaded`, `sleeping`, `downloading`, or what a newer build says. */
  readonly state: string;
  readonly hasFailed: boolean;
  readonly exitCode: number | null;
}

/** Null: the router does not say. Its list also holds command lines and paths, which are not read. */
export function readModels(models: Reply): RoutedModel[] | null {
  if (models.kind === "failure" || models.statusCode !== 200) return null;
  return (
    objectsAt(models.json, "data")?.flatMap((entry) => {
      const [id, status] = [textAt(entry, "id"), objectAt(entry, "status")];
      if (id === null) return [];
      const hasFailed = booleanAt(status, "failed") === true;
      return [{ id, state: textAt(status, "value") ?? "", hasFailed, exitCode: exitCodeOf(status) }];
    }) ?? null
  );
}

/** Of POSIX or of Windows. */
function exitCodeOf(status: JsonObject | null): number | null {
  const code = numberAt(status, "exit_code");
  return code !== null && Number.isInteger(code) && Math.abs(code) < 2 ** 32 ? code : null;
}

const STILL_LOADING: ReadonlySet<string> = new Set(["loading", "downloading"]);
const LOADED: ReadonlySet<string> = new Set(["loaded"]);
const ASLEEP: ReadonlySet<string> = new Set(["sleeping"]);

export function lackOf(models: readonly RoutedModel[], required: readonly string[], seen: Seen): Lack | null {
  const lacks = required.flatMap((name, index): Lack[] => {
    const model = models.find(({ id }) => id === name || modelName(id) === name);
    if (!model) return [{ kind: "missing", index, exitCode: null }];
    if (model.hasFailed) return [{ kind: "failed", index, exitCode: model.exitCode }];
    if (STILL_LOADING.has(model.state)) return [{ kind: "loading", index, exitCode: null }];
    const isServed = LOADED.has(model.state) || ASLEEP.has(model.state) || seen.loadsItself !== false;
    return isServed ? [] : [{ kind: "unloaded", index, exitCode: null }];
  });
  // One that loads is the mildest: it is about to end.
  return lacks.find(({ kind }) => kind !== "loading") ?? lacks[0] ?? null;
}

export function describeModels(models: readonly RoutedModel[]): Facts {
  const inState = (states: ReadonlySet<string>) =>
    listNames(models.filter(({ state, hasFailed }) => states.has(state) && !hasFailed).map(({ id }) => shownName(id)));
  const failed = models.filter(({ hasFailed }) => hasFailed);
  return {
    loaded: inState(LOADED),
    sleeping: inState(ASLEEP),
    loading: inState(STILL_LOADING),
    failed: failed.slice(0, MOST_FAILED).map(({ id, exitCode }) => ({ model: shownName(id), exit_code: exitCode })),
    models: listNames(models.map(({ id }) => shownName(id))),
  };
}

const MOST_FAILED = 5;

/** Why a live server does not serve what it should, as it was seen last; null: nothing speaks against it. */
export function judgeSeen(seen: Seen, required: readonly string[], hasKey: boolean): ProbeFailure | null {
  if (seen.isClosed && hasKey) return { reason: "auth", message: "Alive, but refuses the API key" };
  if (seen.lack) return judgeLack(seen.lack, required);
  return seen.isSlotsSilent ? { reason: "busy", message: "Alive, but too busy to tell what its slots do" } : null;
}

function judgeLack({ kind, index, exitCode }: Lack, required: readonly string[]): ProbeFailure {
  const model = `Model ${required[index] ?? "?"}`;
  if (kind === "loading") return { reason: "starting", message: `${model} is loading` };
  if (kind === "missing") return { reason: "assertion", message: `${model} is not among those that it has` };
  if (kind === "unloaded") {
    return { reason: "assertion", message: `${model} is not loaded, and the router loads none by itself` };
  }
  const why = exitCode === null ? "" : ` (exit code ${exitCode})`;
  return { reason: "assertion", message: `${model} failed to load${why}` };
}
