/**
 * The JSON body of a request: its bytes counted while they come, its text strictly UTF-8 and JSON.
 * Called by app.ts for endpoints that declare one. Invariant: no body takes more memory than its limit.
 */
import type * as z from "zod/mini";
import { AppError } from "../../shared/domain/app-error.ts";
import { readValue } from "./input.ts";

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

async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const reader = request.body?.getReader();
  let [text, size] = ["", 0];
  for (;;) {
    const { value } = (await reader?.read()) ?? {};
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

function notJson(what: string): AppError {
  return new AppError("invalid_body", `The body ${what}.`);
}
