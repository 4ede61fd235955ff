/**
 * Reads what a server sent as JSON, which may be anything. Pure. Used by the check types that look into answers.
 * Invariant: total: what is not there, or is something else, is null or an empty list.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

export function asObject(value: unknown): JsonObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** Own fields only. */
function fieldOf(value: unknown, key: string): unknown {
  const object = asObject(value);
  return object && Object.hasOwn(object, key) ? object[key] : undefined;
}

export function objectAt(value: unknown, key: string): JsonObject | null {
  return asObject(fieldOf(value, key));
}

/** The objects of a list; null: there is none. */
export function objectsAt(value: unknown, key: string): JsonObject[] | null {
  return objectsOf(fieldOf(value, key));
}

export function objectsOf(list: unknown): JsonObject[] | null {
  return Array.isArray(list) ? list.map(asObject).filter((each) => each !== null) : null;
}

export function textAt(value: unknown, key: string): string | null {
  const field = fieldOf(value, key);
  return typeof field === "string" ? field : null;
}

/** Finite ones. */
export function numberAt(value: unknown, key: string): number | null {
  const field = fieldOf(value, key);
  return typeof field === "number" && Number.isFinite(field) ? field : null;
}

const MOST = 1e9;

/** How much or how many of something: what is below 0, or more than there can be, is no such figure. */
export function amountAt(value: unknown, key: string, most = MOST): number | null {
  const number = numberAt(value, key);
  return number !== null && number >= 0 && number <= most ? number : null;
}

export function booleanAt(value: unknown, key: string): boolean | null {
  const field = fieldOf(value, key);
  return typeof field === "boolean" ? field : null;
}
