/**
 * Parameters of endpoints: strictly read, every fault named, nothing silently clamped.
 * Endpoints declare them; app.ts reads them before the handler runs; openapi.ts describes them.
 * Invariant: an unknown, repeated or malformed parameter never reaches a handler.
 */
import type * as z from "zod/mini";
import { AppError, type FieldFault } from "../../shared/domain/app-error.ts";

export interface Parameter<Value> {
  readonly description: string;
  /** For the OpenAPI document; the reading itself is `read`. */
  readonly schema: z.ZodMiniType;
  /** What is expected, to complete "expected …". */
  readonly expected: string;
  /** The value when the parameter is absent. */
  readonly absent: Value;
  /** The value of a text, or undefined when it is not acceptable. */
  read(text: string): Value | undefined;
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

export type Values<Declared extends Parameters> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Parameter<infer Value> ? Value : never;
};

/** All values, or one `invalid_parameter` that names every fault. */
export function readParameters<Declared extends Parameters>(
  declared: Declared,
  query: URLSearchParams,
): Values<Declared> {
  const values: Record<string, unknown> = {};
  const faults: FieldFault[] = unknownNames(declared, query);
  for (const [name, parameter] of Object.entries(declared)) {
    const texts = query.getAll(name);
    const [text] = texts;
    const value = text === undefined ? parameter.absent : parameter.read(text);
    if (texts.length > 1) faults.push({ field: name, message: "given more than once" });
    else if (value === undefined) faults.push({ field: name, message: `expected ${parameter.expected}` });
    else values[name] = value;
  }
  if (faults.length > 0) throw invalidParameters(faults);
  // Every declared name has just been given a value by its own parameter.
  return values as Values<Declared>;
}

/** The error for faults found after reading, such as a span whose ends are in the wrong order. */
export function invalidParameters(faults: readonly FieldFault[]): AppError {
  const detail = faults.map(({ field, message }) => `${field}: ${message}`).join("; ");
  return new AppError("invalid_parameter", detail, { faults });
}

const LONGEST_ECHO = 60;

function unknownNames(declared: Parameters, query: URLSearchParams): FieldFault[] {
  const known = Object.keys(declared);
  const expected = known.length > 0 ? `known parameters are ${known.join(", ")}` : "this endpoint takes no parameters";
  return [...new Set(query.keys())]
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => ({ field: name.slice(0, LONGEST_ECHO), message: `unknown; ${expected}` }));
}
