/**
 * What the answers of Ollama's lists say: `/api/tags` (what is pulled, and that it lives) and `/api/ps` (what it says is loaded).
 * Pure. Used by ollama.ts. Total: an answer may be anything, from anybody.
 * Invariant: who lists models is alive; what is loaded is a claim only: the list keeps a model whose runner has died, and is empty
 * while one is loading (both seen on Ollama 0.17.4).
 */
import type { Json } from "../domain/monitoring/check.ts";
import { fullModelName } from "../domain/monitoring/model-name.ts";
import { fnv1a } from "../domain/text/fnv1a.ts";
import { formatOptional, parseTimestamp } from "../domain/text/timestamp.ts";
import { cutName } from "./fit-data.ts";
import type { ProbeFailure } from "./observe.ts";
import { amountAt, numberAt, objectAt, objectsAt, textAt, type JsonObject } from "./read-json.ts";
import type { Answered, Reply } from "./server-api.ts";

export interface LoadedModel {
  readonly name: string;
  /** The same model has the same one, also after a restart: made of its digest, but without text of the server in it. */
  readonly key: string;
  /** Of its memory, 0 … 1; null: it cannot be told. */
  readonly gpuShare: number | null;
  /** Bytes, of weights and context together. */
  readonly size: number;
  readonly contextLength: number | null;
  /** By the clock of the server, epoch ms; far away when it is pinned. It moves with every call. */
  readonly expiresAtMs: number | null;
}

export interface Listed {
  /** Null: it answers as Ollama does, but its list is too long to be read. */
  readonly names: readonly string[] | null;
  /** Those that make embeddings and no text, as far as the list tells. */
  readonly embedding: ReadonlySet<string>;
}

const LOOPBACK_ONLY =
  "Ollama is bound to loopback and refuses the name in the URL: ask it by IP address or by a name that ends with .local";
const QUEUE_FULL = "Alive, but its queue is full: it takes no more requests";
const MOST_QUOTED = 120;

/** No machine has memory for more, but an answer may say anything. */
const MOST_LOADED = 64;

/** A petabyte. */
const MOST_BYTES = 1e15;

/** Pinned models expire 292 years later, when Go's durations end. */
const FAR_AWAY_MS = Date.UTC(2300, 0, 1);

export function readTags(reply: Reply): ProbeFailure | Listed {
  if (reply.kind === "failure") return { reason: reply.reason, message: reply.message };
  if (reply.statusCode !== 200) return refusal(reply);
  if (reply.isCutOff && reply.text.startsWith('{"models":[')) return { names: null, embedding: new Set() };
  const models = modelsOf(reply.json);
  if (!models) return notOllama(reply.json === undefined ? notJson(reply) : "JSON without a list of models");
  const named = models.map((model) => ({ model, name: textAt(model, "name") ?? "" })).filter(({ name }) => name !== "");
  return {
    names: named.map(({ name }) => name),
    embedding: new Set(named.filter(({ model }) => onlyEmbeds(model)).map(({ name }) => name)),
  };
}

/** It is never unloaded, as its users want it. */
export function isPinned({ expiresAtMs }: Pick<LoadedModel, "expiresAtMs">): boolean {
  return expiresAtMs !== null && expiresAtMs >= FAR_AWAY_MS;
}

/** Null: not known. */
export function readLoaded(reply: Reply): LoadedModel[] | null {
  if (reply.kind === "failure" || reply.statusCode !== 200) return null;
  return modelsOf(reply.json)?.slice(0, MOST_LOADED).map(readModel) ?? null;
}

/** The clock of the server, to the second; null: it does not tell. */
export function serverNowMs(reply: Reply): number | null {
  const date = reply.kind === "failure" ? NaN : Date.parse(reply.headers["date"] ?? "");
  return Number.isNaN(date) ? null : date;
}

/** As a release writes it; null: it tells none. Anything else could be a secret that somebody echoes, and it is remembered. */
export function readVersion(reply: Reply): string | null {
  const version = reply.kind === "failure" ? null : textAt(reply.json, "version");
  return version !== null && VERSION.test(version) ? version : null;
}

const VERSION = /^\d{1,3}\.\d{1,4}(\.\d{1,4})?(-rc\d{1,3})?$/;

/** Those of `wanted` that are not among `names`, as Ollama compares them: without a tag it is the latest one. */
export function notListed(wanted: readonly string[], names: readonly string[]): string[] {
  const listed = new Set(names.map(fullModelName));
  return wanted.filter((name) => !listed.has(fullModelName(name)));
}

/** For `data`. */
export function showLoaded(model: LoadedModel): Json {
  const { name, gpuShare, contextLength, expiresAtMs } = model;
  return {
    name: cutName(name),
    gpu_percent: gpuShare === null ? null : Math.round(gpuShare * 100),
    expires_at: isPinned(model) ? "pinned" : formatOptional(expiresAtMs),
    ...(contextLength !== null && { context_length: contextLength }),
  };
}

function refusal({ statusCode, text, json }: Answered): ProbeFailure {
  if (statusCode === 403 && text === "") return { reason: "config", message: LOOPBACK_ONLY };
  if (statusCode === 401 || statusCode === 403) return { reason: "auth", message: `HTTP ${statusCode}` };
  if (statusCode === 429) return { reason: "rate_limited", message: "HTTP 429" };
  if (statusCode === 404) return notOllama("HTTP 404");
  const said = textAt(json, "error");
  if (statusCode === 503 && said?.startsWith("server busy")) return { reason: "busy", message: QUEUE_FULL };
  if (said === null) return { reason: "http_status", message: `HTTP ${statusCode}` };
  return { reason: "http_status", message: [`HTTP ${statusCode}: `, { text: said, atMost: MOST_QUOTED }] };
}

const notJson = ({ text }: Answered): string => (/^\s*<(!doctype|html)/i.test(text) ? "HTML" : "no JSON");

function notOllama(answered: string): ProbeFailure {
  return { reason: "protocol", message: `What answers there is no Ollama: ${answered} for /api/tags` };
}

/** An empty list may be null in Go. */
function modelsOf(json: unknown): JsonObject[] | null {
  if (objectsAt(json, "models")) return objectsAt(json, "models");
  const isNull = typeof json === "object" && json !== null && Object.hasOwn(json, "models");
  return isNull && (json as JsonObject)["models"] === null ? [] : null;
}

/** Newer versions list what a model can; before that its family tells. */
function onlyEmbeds(model: JsonObject): boolean {
  const { capabilities } = model;
  if (Array.isArray(capabilities)) return capabilities.includes("embedding") && !capabilities.includes("completion");
  return /bert/i.test(textAt(objectAt(model, "details"), "family") ?? "");
}

function readModel(model: JsonObject): LoadedModel {
  const name = textAt(model, "name") ?? textAt(model, "model") ?? "?";
  const size = amountAt(model, "size", MOST_BYTES) ?? 0;
  const contextLength = amountAt(model, "context_length");
  return {
    name,
    key: fnv1a(textAt(model, "digest") ?? name).toString(36),
    gpuShare: shareOf(numberAt(model, "size_vram") ?? NaN, size),
    size,
    contextLength: contextLength !== null && contextLength > 0 ? contextLength : null,
    expiresAtMs: parseTimestamp(textAt(model, "expires_at") ?? ""),
  };
}

/** As `ollama ps` says it: of nothing, or more than all, nothing is known. */
function shareOf(sizeVram: number, size: number): number | null {
  return size > 0 && sizeVram >= 0 && sizeVram <= size ? sizeVram / size : null;
}
