/**
 * Parse, don't validate: from the text of `cluster.yaml` to a frozen Config, or to every fault of the file at once.
 * Runtimes call it at start and on reload. It knows neither files nor environments nor check types: all of them are given to it.
 * Order: YAML → values, their references replaced, their secrets checked → sections; only what is no YAML stops it before the end.
 * Invariant: it never throws because of the text, and no fault shows the value of a reference.
 */
import { makeRedactor, type Redact } from "../domain/text/redact.ts";
import type { Config, ConfigOf } from "./config.ts";
import { FaultLog, Place } from "./fault-log.ts";
import { byLine, type Fault } from "./fault.ts";
import { parseSections } from "./parse-sections.ts";
import { ScalarReader, type ResolveReference } from "./read-scalar.ts";
import { TreeReader } from "./read-tree.ts";
import { readYaml } from "./read-yaml.ts";
import type { SectionOptions } from "./section.ts";
import { SECTIONS, type Sections } from "./sections/registry.ts";

export interface ParseOptions extends Omit<SectionOptions, "redact"> {
  readonly resolveReference: ResolveReference;
}

export type ConfigResult<Parsed = Config> =
  | {
      readonly ok: true;
      readonly config: Parsed;
      /** Every value that a reference stood for, once each. To be redacted from whatever leaves the process. */
      readonly secrets: readonly string[];
    }
  /** At least one fault, as they stand in the file. */
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Parses the text of a configuration file, YAML or JSON. Default of `sections`: those of the registry. */
export function parseConfig(text: string, options: ParseOptions): ConfigResult;
export function parseConfig<Registry extends Sections>(
  text: string,
  options: ParseOptions,
  sections: Registry,
): ConfigResult<ConfigOf<Registry>>;
export function parseConfig(text: string, options: ParseOptions, sections: Sections = SECTIONS): ConfigResult<unknown> {
  const yaml = readYaml(text);
  if (!yaml.ok) return yaml;
  const log = new FaultLog();
  const scalars = new ScalarReader({
    log,
    isSecretPlace: ([name = "", ...path]) => Object.hasOwn(sections, name) && !!sections[name]?.isSecret(path, options),
    resolveReference: options.resolveReference,
  });
  const tree = new TreeReader({ lines: yaml.lines, log, readScalar: scalars.read.bind(scalars) });
  const file = tree.read(yaml.contents);
  const secrets = [...scalars.secrets];
  const redact = makeRedactor(secrets);
  const place = new Place(log);
  const config = tree.isExcessive ? {} : parseSections(sections, { file, place }, { ...options, redact });
  const faults = log.faults().sort(byLine);
  if (faults.length > 0) return { ok: false, faults: hideSecrets(faults, redact) };
  return { ok: true, config: deepFreeze(config), secrets }; // without a fault every section has a value
}

/** A check type may have quoted a resolved value in its expectation. */
function hideSecrets(faults: readonly Fault[], redact: Redact): Fault[] {
  return faults.map((fault) => ({ ...fault, found: redact(fault.found), expected: redact(fault.expected) }));
}

/** Freezes plain data; functions are left alone. */
function deepFreeze<Data>(data: Data): Data {
  if (typeof data === "object" && data !== null) Object.values(Object.freeze(data)).forEach(deepFreeze);
  return data;
}
