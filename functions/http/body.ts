/**
 * The JSON body of a request: strictly read, every fault named, nothing silently dropped.
 * Called by app.ts for endpoints that declare one. Invariant: what a handler gets fits the schema it declared.
 */
import type * as z from "zod/mini";
import { AppError, type FieldFault } from "../../shared/domain/app-error.ts";
import { invalidParameters } from "./parameter.ts";

/** Far more than any of our requests needs; counted as it is read, whatever the headers say. */
const MOST_BYTES = 65_536;

const JSON_TYPE = /^application\/json\s*(;.*)?$/i;

const LONGEST_ECHO = 60;

/** The body as `schema` makes it. Throws AppErrors: wrong type, too large, no JSON, or every field that does not fit. */
export async function readBody<Schema extends z.ZodMiniType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  if (!JSON_TYPE.test(request.headers.get("content-type") ?? "")) {
    throw new AppError("unsupported_media_type", "The body must be JSON: Content-Type: application/json.");
  }
  const parsed = schema.safeParse(jsonOf(await readText(request)));
  if (parsed.success) return parsed.data;
  throw invalidParameters(parsed.error.issues.flatMap(faultsOf));
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const next = await reader?.read();
    if (!next || next.done) break;
    size += next.value.byteLength;
    if (size > MOST_BYTES) {
      void reader?.cancel().catch(() => {});
      throw new AppError("content_too_large", `A body has at most ${MOST_BYTES} bytes.`);
    }
    chunks.push(next.value);
  }
  return decode(chunks, size);
}

function decode(chunks: readonly Uint8Array[], size: number): string {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notJson("is not valid UTF-8");
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notJson("is not valid JSON");
  }
}

function notJson(what: string): AppError {
  return new AppError("invalid_body", `The body ${what}.`);
}

function faultsOf(issue: z.core.$ZodIssue): FieldFault[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: fieldOf([...path, key.slice(0, LONGEST_ECHO)]),
      message: "unknown field",
    }));
  }
  return [{ field: fieldOf(path), message: expectationOf(issue) }];
}

function expectationOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return `expected ${issue.expected}`;
  if (issue.code === "invalid_value") return `expected one of ${issue.values.map(String).join(", ")}`;
  return issue.message;
}

/** `services[3]`, `schedule.zone`; the body itself is `body`. */
function fieldOf(path: readonly string[]): string {
  if (path.length === 0) return "body";
  return path.map((step, index) => (/^\d+$/.test(step) ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}
