/**
 * Values of parameters by their schema: right ones, ones at the edge, hostile ones, and real ones with a dent.
 * Used for query and path parameters. Knows JSON Schema as OpenAPI documents use it, no parameter of any service.
 * Invariant: with oddness 0 a value is one that the schema accepts, as far as the document says.
 */
import type { JsonSchema, Parameter } from "./api-document.ts";
import type { Harvest } from "./harvest.ts";
import { INSTANTS, NAMES, NUMBERS } from "./hostile-values.ts";
import type { Prng } from "./prng.ts";

const LONGEST_AGE_MS = 31 * 86_400_000;

/** What a generator draws from. */
export interface Source {
  readonly prng: Prng;
  readonly harvest: Harvest;
  /** 0..1: the share of decisions that go wrong on purpose. */
  readonly oddness: number;
  /** Around which instants lie, epoch ms. */
  readonly nowMs: number;
}

/** The text of a value, not yet encoded. */
export function parameterText(parameter: Parameter, source: Source): string {
  const { prng, oddness } = source;
  if (!prng.chance(oddness)) return goodText(parameter, source);
  switch (prng.weighted({ boundary: 3, hostile: 4, dented: 3 })) {
    case "boundary":
      return boundaryText(parameter.schema, prng);
    case "hostile":
      return prng.pick(prng.chance(0.6) ? hostileOf(parameter.schema) : [...NUMBERS, ...INSTANTS, ...NAMES]);
    case "dented":
      return dented(goodText(parameter, source), prng);
  }
}

function goodText(parameter: Parameter, source: Source): string {
  const { schema } = parameter;
  const { prng, harvest } = source;
  const options = schema["enum"];
  if (Array.isArray(options) && options.length > 0) return String(prng.pick<unknown>(options));
  switch (schema["type"]) {
    case "integer":
    case "number":
      return String(goodNumber(schema, prng));
    case "boolean":
      return prng.pick(["true", "false"]);
    default:
      if (schema["format"] === "date-time") return goodInstant(source);
      return harvest.about(parameter, prng) ?? prng.pick(["a", "main", "service_0", "x1"]);
  }
}

/** Small ones much more often: large pages are slow, and one in a hundred of them is enough. */
export function goodNumber({ minimum, maximum }: JsonSchema, prng: Prng): number {
  const least = Math.max(Number(minimum ?? 0), -1_000_000);
  const most = Math.min(Number(maximum ?? 1_000), 1_000_000);
  return Math.min(most, least + Math.floor((most - least + 1) ** (prng.real() ** 2) - 1 + prng.real()));
}

function goodInstant({ prng, harvest, nowMs }: Source): string {
  const known = harvest.named("timestamp", prng);
  if (known !== null && prng.chance(0.3)) return known;
  // A second ago as well as a month ago, and seldom the latter: a month in one answer takes the service a third of a second.
  const ageMs = (LONGEST_AGE_MS / 1_000) ** (prng.real() ** 2) * 1_000;
  const text = new Date(nowMs - Math.floor(ageMs)).toISOString();
  return prng.chance(0.2) ? text.replace(/\.\d+Z$/, prng.pick(["Z", "+02:00", "-11:30", ".5Z"])) : text;
}

function boundaryText({ type, minimum, maximum, format, maxLength }: JsonSchema, prng: Prng): string {
  if (type === "integer" || type === "number") {
    const edges = [minimum, maximum].filter((edge) => typeof edge === "number");
    return String(prng.pick(edges.length > 0 ? edges : [0]) + prng.int(-1, 1));
  }
  if (format === "date-time") return prng.pick(INSTANTS);
  const most = typeof maxLength === "number" ? maxLength : 64;
  return "a".repeat(Math.max(0, most + prng.int(-1, 1)));
}

function hostileOf({ type, format }: JsonSchema): readonly string[] {
  if (type === "integer" || type === "number" || type === "boolean") return NUMBERS;
  return format === "date-time" ? INSTANTS : NAMES;
}

/** A text with one thing wrong. */
export function dented(text: string, prng: Prng): string {
  const at = prng.int(0, text.length);
  switch (prng.weighted({ cut: 2, flip: 3, insert: 2, upper: 1, twice: 1, space: 1 })) {
    case "cut":
      return text.slice(0, at);
    case "flip":
      return text.slice(0, at) + String.fromCharCode(prng.int(33, 126)) + text.slice(at + 1);
    case "insert":
      return text.slice(0, at) + prng.pick(NAMES) + text.slice(at);
    case "upper":
      return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
    case "twice":
      return text + text;
    case "space":
      return prng.pick([` ${text}`, `${text} `, `${text}\n`]);
  }
}
