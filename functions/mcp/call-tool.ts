/**
 * Calls a tool: what was given becomes the request to its endpoint, and the answer what the tool tells. Used by serve-mcp.ts.
 * Invariants: it goes by the API itself, so that tokens, limits and the audit trail are the API's; whatever is refused is said to the
 * model as the API says it, with the name of each field.
 */
import * as z from "zod/mini";
import type { FieldFault } from "../../shared/domain/report-fault.ts";
import { invalidParameters, readQuery } from "../http/input.ts";
import type { Json } from "../http/json-schema.ts";
import { AppError } from "../http/problem.ts";
import type { OwnApi } from "../page/own-api.ts";
import type { Tool } from "./tool.ts";

const LONGEST_ECHO = 60;

/** As `tools/call` answers it. */
export async function callTool(tool: Tool, given: Json, api: OwnApi): Promise<Json> {
  try {
    const answer = await ask(tool, given, api);
    if (!answer.ok) return failed(await readRefusal(answer));
    const told = tool.tell((await answer.json()) as never); // in the form that its endpoint declares
    return { content: [{ type: "text", text: JSON.stringify(told) }], structuredContent: told };
  } catch (error) {
    if (error instanceof AppError) return failed(error.message);
    throw error;
  }
}

/** For the model, which can do better then; an error of the protocol would not reach it. */
function failed(text: string): Json {
  return { content: [{ type: "text", text }], isError: true };
}

async function readRefusal(answer: Response): Promise<string> {
  const { detail } = (await answer.json()) as { readonly detail: string }; // every refusal is a problem
  const afterS = answer.headers.get("retry-after");
  return afterS === null ? detail : `${detail} Ask again in ${afterS} s.`;
}

function ask(tool: Tool, given: Json, api: OwnApi): Promise<Response> {
  const { endpoint, bounds } = tool;
  // Models say null for what they leave out.
  const values = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  const faults = [...findUnknown(tool, values), ...findBeyond(tool, values)];
  if (faults.length > 0) throw invalidParameters(faults);
  const texts = (names: object): [string, string][] =>
    Object.keys(names).flatMap((name) => {
      const value = values[name] ?? bounds[name]?.byDefault;
      return value === undefined ? [] : [[name, asText(name, value)]];
    });
  const path = fillPath(tool, new URLSearchParams(texts(endpoint.pathParameters)));
  const query = new URLSearchParams(texts(endpoint.query)).toString();
  if (endpoint.method === "GET") return api(query === "" ? path : `${path}?${query}`);
  const body = Object.entries(values).filter(([name]) => !Object.hasOwn(endpoint.pathParameters, name));
  return api(path, { method: endpoint.method, body: Object.fromEntries(body) });
}

function findUnknown({ parameters }: Tool, values: Json): FieldFault[] {
  const known = parameters.length === 0 ? "this tool takes none" : `known are ${parameters.join(", ")}`;
  return Object.keys(values)
    .filter((name) => !parameters.includes(name))
    .map((name) => ({ field: name.slice(0, LONGEST_ECHO), message: `unknown; ${known}` }));
}

function findBeyond({ bounds }: Tool, values: Json): FieldFault[] {
  return Object.entries(bounds)
    .filter(([name, { most }]) => Number(values[name]) > most)
    .map(([field, { most }]) => ({ field, message: `expected ${most} at most` }));
}

/** As it stands in a URL. */
function asText(field: string, value: unknown): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  throw invalidParameters([{ field, message: "expected a text, a number, true or false" }]);
}

/** What stands in a path is read before it becomes one: `..` would lead elsewhere. */
function fillPath({ endpoint: { path, pathParameters } }: Tool, given: URLSearchParams): string {
  readQuery(z.object(pathParameters), given);
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(given.get(name) ?? ""));
}
