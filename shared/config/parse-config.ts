/**
 * Parse, don't validate: from the text of `cluster.yaml` to a frozen Config, or to every fault of the file at once.
 * Hosts call it at start and on reload. It knows neither files nor environments nor check types: all of them are given to it.
 * Order: YAML → references → secrets → sections → services → dependencies; only invalid YAML stops it before the end.
 * Invariant: it never throws because of the text, and no fault shows the value of a reference.
 */
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import { makeRedactor } from "../domain/text/redact.ts";
import { checkSecrets } from "./check-secrets.ts";
import type { Config } from "./config.ts";
import { FaultLog } from "./fault-log.ts";
import { byLine, type Fault } from "./fault.ts";
import { parseRoot, type TypeRegistry } from "./parse-root.ts";
import { readYaml } from "./read-yaml.ts";
import { expandReferences, type ResolveReference } from "./references.ts";
import { secretPlaces } from "./secret-literals.ts";

export interface ParseOptions extends TypeRegistry {
  readonly resolveReference: ResolveReference;
  /** The value of `node` when the file has none. */
  readonly defaultNode: string;
  /** What the host that will run it can do. */
  readonly host: RuntimeAbilities;
}

export type ConfigResult =
  | {
      readonly ok: true;
      readonly config: Config;
      /** Every value that a reference stood for, once each. To be redacted from whatever leaves the process. */
      readonly secrets: readonly string[];
    }
  /** At least one fault, as they stand in the file. */
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Parses the text of a configuration file, YAML or JSON. */
export function parseConfig(text: string, options: ParseOptions): ConfigResult {
  const { root: written, faults } = readYaml(text);
  if (written === null) return { ok: false, faults };

  const isSecretPlace = secretPlaces(secretKeysOf(options.checkTypes), secretKeysOf(options.channelTypes));
  const log = new FaultLog(written, isSecretPlace);
  const { resolved, secrets } = expandReferences(written, options.resolveReference, (path, expected) =>
    log.settle(path, expected),
  );
  checkSecrets({ written, resolved, isSecretPlace, log });
  const config = parseRoot(resolved, options, log);

  const all = [...faults, ...log.faults()].sort(byLine);
  if (config !== null && all.length === 0) return { ok: true, config: deepFreeze(config), secrets };
  return { ok: false, faults: withoutSecrets(all, secrets) };
}

function secretKeysOf(types: Readonly<Record<string, { readonly secretKeys: readonly string[] }>>): string[] {
  return Object.values(types).flatMap(({ secretKeys }) => secretKeys);
}

/** A check type may have quoted a resolved value in its expectation. */
function withoutSecrets(faults: readonly Fault[], secrets: readonly string[]): Fault[] {
  const redact = makeRedactor(secrets);
  return faults.map((fault) => ({ ...fault, found: redact(fault.found), expected: redact(fault.expected) }));
}

/** Freezes plain data; functions are left alone. */
function deepFreeze<Data>(data: Data): Data {
  if (typeof data === "object" && data !== null) Object.values(Object.freeze(data)).forEach(deepFreeze);
  return data;
}
