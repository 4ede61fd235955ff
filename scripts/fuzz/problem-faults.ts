/**
 * What an error answer must look like: RFC 9457, and fault lists that name what the client really sent.
 * Used by oracle.ts. Invariant: an `errors[].field` is a parameter of the request, a key of its body, or a required one it lacks.
 */
import { jsonOf, mediaType, textOf } from "./response-body.ts";
import type { Answer } from "../response-parser.ts";
import type { Operation } from "./api-document.ts";
import type { Fault } from "./report.ts";
import type { OrdinaryRequest } from "./requests.ts";

/** Names are echoed no longer than this. */
const LONGEST_ECHO = 60;

interface Asked {
  readonly request: OrdinaryRequest;
  readonly operation: Operation;
}

/** `asked` is null when nobody knows the fields: for raw bytes, and for paths that may mean this or that. */
export function problemFaults(response: Answer, asked: Asked | null): Fault[] {
  const type = mediaType(response);
  if (type !== "application/problem+json") return [{ rule: `${response.status} is no problem document`, what: type }];
  const problem = jsonOf(response);
  if (typeof problem !== "object" || problem === null) return [{ rule: "body is not JSON", what: textOf(response) }];
  const faults: Fault[] = [];
  const { status, errors, ...texts } = problem as Record<string, unknown>; // an object, as was just seen
  const hasTexts = ["type", "title", "detail"].every((key) => typeof texts[key] === "string" && texts[key] !== "");
  if (!hasTexts || status !== response.status)
    faults.push({ rule: "problem document is malformed", what: textOf(response) });
  if (errors === undefined) {
    const mustName = /:invalid_/.test(String(texts["type"]));
    return mustName ? [...faults, { rule: "an invalid request without errors[]", what: textOf(response) }] : faults;
  }
  if (!isFaultList(errors)) return [...faults, { rule: "errors[] is malformed", what: textOf(response) }];
  const known = asked && fieldsOf(asked);
  const strange = known ? errors.filter(({ field }) => !known(field)) : [];
  return [...faults, ...strange.map(({ field }) => ({ rule: "errors[] names what was not sent", what: field }))];
}

function isFaultList(errors: unknown): errors is { field: string; message: string }[] {
  if (!Array.isArray(errors) || errors.length === 0) return false;
  return errors.every((error: Readonly<Record<string, unknown>> | null) =>
    ["field", "message"].every((key) => typeof error?.[key] === "string"),
  );
}

/** Whether the request has a field of this name, or lacks one that it must have. */
function fieldsOf({ request, operation }: Asked): (field: string) => boolean {
  const { target, body } = request;
  const query = target.replace(/#.*$/s, "").split("?").slice(1).join("?");
  const names = [...new URLSearchParams(query).keys()].map((name) => name.slice(0, LONGEST_ECHO));
  const inPath = operation.parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
  const required = [operation.body?.["required"] ?? []].flat();
  const known = new Set([...names, ...inPath, ...required, ...keysOf(body)]);
  return (field) => known.has(field) || known.has(field.split(/[.[/]/)[0] ?? "");
}

function keysOf(body: string): string[] {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? Object.keys(value) : [];
  } catch {
    return [];
  }
}
