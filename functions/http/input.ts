/**
 * What comes from outside, read by the schemas that endpoints declare: strictly, every fault named, nothing silently clamped.
 * Invariants: what a handler gets fits the schema it declared; no body takes more memory than its limit.
 */
import type * as z from "zod/mini";
import type { FieldFault } from "../../shared/domain/report-fault.ts";
import { AppError } from "./problem.ts";

/** By name; the schemas read the texts that stand in a path or in a query. */
export type Parameters = Readonly<Record<string, z.ZodMiniType>>;

export type Values<Declared extends Parameters> = z.output<z.ZodMiniObject<Declared>>;

const LONGEST_ECHO = 60;

/** The values of a query, or one `invalid_parameter` that names every fault. */
export function readQuery(schema: z.ZodMiniObject, query: URLSearchParams): object {
  const known = Object.keys(schema.shape).join(", ");
  const expected = known === "" ? "this endpoint takes no parameters" : `known parameters are ${known}`;
  const faults = [...new Set(query.keys())].flatMap((name) => {
    const field = name.slice(0, LONGEST_ECHO);
    if (!Object.hasOwn(schema.shape, name)) return [{ field, message: `unknown; ${expected}` }];
    return query.getAll(name).length > 1 ? [{ field, message: "given more than once" }] : [];
  });
  return readValue(schema, Object.fromEntries(query), faults);
}

/** Far more than any of our requests needs; counted as it is read, whatever the headers say. */
export const MOST_BYTES = 65_536;

const JSON_TYPE = /^application\/json\s*(;.*)?$/i;

/** The body as `schema` makes it. Throws AppErrors: wrong type, too large, no JSON, or every field that does not fit. */
export async function readBody<Schema extends z.ZodMiniType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  if (!JSON_TYPE.test(request.headers.get("content-type") ?? "")) {
    throw new AppError("unsupported_media_type", "The body must be JSON: Content-Type: application/json.");
  }
  return readValue(schema, parseJson(await readText(request)));
}

/** At most 64 KiB of UTF-8. Throws AppErrors as `readBody`. */
export async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const reader = request.body?.getReader();
  let [text, size] = ["", 0];
  for (;;) {
    const { value } = (await reader?.read().catch(brokenOff)) ?? {};
    size += value?.byteLength ?? 0;
    if (size > MOST_BYTES) {
      void reader?.cancel().catch(() => {});
      throw new AppError("content_too_large", `A body has at most ${MOST_BYTES} bytes.`);
    }
    try {
      text += decoder.decode(value, { stream: value !== undefined });
    } catch {
      throw notJson("is not valid UTF-8");
    }
    if (value === undefined) return text;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notJson("is not valid JSON");
  }
}

/** Nobody is left to read it: the client has gone, or was refused already. */
function brokenOff(): never {
  throw notJson("broke off");
}

function notJson(what: string): AppError {
  return new AppError("invalid_body", `The body ${what}.`);
}

/** What `schema` makes of a value, or one `invalid_parameter` that names every fault, `others` included. */
function readValue<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  others: readonly FieldFault[] = [],
): z.output<Schema> {
  const { data, error } = schema.safeParse(value);
  const faults = [...others, ...(error?.issues ?? []).flatMap(listFaults)];
  if (faults.length > 0) throw invalidParameters(faults);
  return data as z.output<Schema>; // without an error there is one
}

/** The error for faults found after reading, such as a range whose ends are in the wrong order. */
export function invalidParameters(faults: readonly FieldFault[]): AppError {
  const detail = faults.map(({ field, message }) => `${field}: ${message}`).join("; ");
  return new AppError("invalid_parameter", detail, { faults });
}

function listFaults(issue: z.core.$ZodIssue): FieldFault[] {
  const path = issue.path.map(String);
  if (issue.code !== "unrecognized_keys") return [{ field: fieldName(path), message: describeExpected(issue) }];
  return issue.keys.map((key) => ({
    field: fieldName([...path, key.slice(0, LONGEST_ECHO)]),
    message: "unknown field",
  }));
}

function describeExpected(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return `expected ${issue.expected}`;
  if (issue.code === "invalid_value") return `expected one of ${issue.values.map(String).join(", ")}`;
  return issue.message;
}

/** `services[3]`, `schedule.zone`; the body itself is `body`. */
function fieldName(path: readonly string[]): string {
  if (path.length === 0) return "body";
  return path.map((step, index) => (/^\d+$/.test(step) ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}
