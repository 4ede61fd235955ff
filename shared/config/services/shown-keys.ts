/**
 * The keys of a service as they are written, for whoever may see how it is checked: without secrets. Pure.
 * Called by parse-service.ts. Invariant: no value of a reference is in it, and nothing that would have to be one.
 */
import type { Json } from "../../domain/monitoring/check.ts";
import { redactJson, type Redact } from "../../domain/text/redact.ts";
import type { Path } from "../fault.ts";
import { isPlainMap, type PlainMap } from "../parse-value.ts";
import { maskUserinfo, type IsSecretPlace } from "../secret-literals.ts";

export type ShownKeys = Readonly<Record<string, Json>>;

const HIDDEN = "<secret>";

interface Hiding {
  /** The path begins at a key of the service. */
  readonly isSecret: IsSecretPlace;
  readonly redact: Redact;
}

export function showKeys(written: PlainMap, { isSecret, redact }: Hiding): ShownKeys {
  return showMap(written, [], { isSecret, redact });
}

function showMap(map: PlainMap, path: Path, hiding: Hiding): { [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [hiding.redact(key), showValue(value, [...path, key], hiding)]),
  );
}

function showValue(value: unknown, path: Path, hiding: Hiding): Json {
  if (hiding.isSecret(path)) return HIDDEN;

  if (isPlainMap(value)) return showMap(value, path, hiding);
  if (Array.isArray(value)) return value.map((each) => showValue(each, path, hiding));
  return redactJson(typeof value === "string" ? maskUserinfo(value) : scalarOf(value), hiding.redact);
}

/** YAML has no other scalars here; what is none of them is shown as nothing. */
function scalarOf(value: unknown): Json {
  return typeof value === "number" || typeof value === "boolean" ? value : null;
}
