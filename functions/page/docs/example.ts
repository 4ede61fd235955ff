/**
 * What one may ask: a value that fits a schema, and the line that asks it. Pure.
 * Used by docs-model.ts. Invariants: a body fits what its endpoint declares (a test reads each by it); a line can be pasted into a
 * shell whatever stands in it.
 */
import { formatTimestamp } from "../../../shared/domain/text/timestamp.ts";
import type { ApiOperation, Schema, Schemas } from "./api-document.ts";
import { typeName } from "./fields.ts";

const HOUR_MS = 3_600_000;

/** The same words throughout, so that one can tell that they are to be replaced. */
const TEXT = "something";

export class Examples {
  readonly #schemas: Schemas;
  readonly #words: Place["parts"];
  #nextMs: number;

  /** @param fromMs instants come from there on, an hour apart: what begins ends later */
  constructor(schemas: Schemas, words: Place["parts"], fromMs: number) {
    this.#schemas = schemas;
    this.#words = words;
    this.#nextMs = fromMs;
  }

  /** With what is required and nothing else. @param field what it is called, or one of it */
  of(schema: Schema, field = ""): unknown {
    const name = typeName(schema);
    const named = name === null ? undefined : this.#schemas[name];
    if (named) return this.of(named, field);
    const given = [schema.examples?.[0], schema.const, schema.default, schema.enum?.[0]].find(
      (each) => each !== undefined,
    );
    if (given !== undefined) return given;
    const [variant] = schema.anyOf ?? schema.oneOf ?? [];
    return variant ? this.of(variant, field) : this.#plain(schema, field);
  }

  #plain({ type, properties = {}, required = [], items, minimum, format }: Schema, field: string): unknown {
    if (type === "object")
      return Object.fromEntries(required.map((name) => [name, this.of(properties[name] ?? {}, name)]));
    if (type === "array") return items ? [this.of(items, field.replace(/s$/, ""))] : [];
    if (type === "integer" || type === "number") return minimum ?? 1;
    if (type === "boolean") return true;
    if (format === "date-time") return this.#instant();
    return this.#words[field] ?? TEXT;
  }

  #instant(): string {
    const text = formatTimestamp(this.#nextMs);
    this.#nextMs += HOUR_MS;
    return text;
  }
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly operation: ApiOperation;
  /** Of the body; undefined: there is none. */
  readonly body: unknown;
}

/** Where it asks, and what stands for parts of a path and for fields, by their names. */
export interface Place {
  readonly origin: string;
  readonly parts: Readonly<Record<string, string>>;
}

/** `curl -s 'http://localhost:8083/history/tools'` */
export function curlLine({ method, path, operation, body }: Asked, { origin, parts }: Place): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts[name] ?? name.toUpperCase()));
  const isStream = Object.values(operation.responses).some(
    (response) => "content" in response && "text/event-stream" in response.content,
  );
  const words = [
    isStream ? "curl -sN" : "curl -s",
    ...(method === "GET" ? [] : [`-X ${method}`]),
    ...(operation.security.length > 0 ? ['-H "Authorization: Bearer $MONITORING_TOKEN"'] : []),
    ...(body === undefined ? [] : ["-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`]),
    quoted(origin + filled),
  ];
  return words.join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
