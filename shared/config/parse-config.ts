/**
 * Parse, don't validate: from the text of `cluster.yaml` to a frozen Config, or to every fault of the file at once.
 * Runtimes call it at start and on reload. It knows neither files nor environments nor check types: all of them are given to it.
 * Order: YAML → values, their references replaced, their secrets checked → sections; only what is no YAML stops it before the end.
 * Invariants: it never throws because of the text, and no fault shows the value of a reference: what was found is shown as it is
 * written, and what was expected never repeats it; a fault in one section never keeps another one from being checked.
 */
import { makeRedactor } from "../domain/text/redact.ts";
import { byLine, FaultLog, Place, type Fault } from "./fault.ts";
import { isPlainMap, refuseKey } from "./parse-value.ts";
import { createScalarReader, type ResolveReference } from "./read-scalar.ts";
import { TreeReader } from "./read-tree.ts";
import { readYaml } from "./read-yaml.ts";
import type { Section, SectionOptions } from "./section.ts";
import { SECTIONS, type Config, type ConfigOf, type Sections } from "./sections/registry.ts";

/** Keys of the file that only hold what others refer to, as in `x-patient: &patient { timeout: 1m }`. */
export const HOLDER_PREFIX = "x-";

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
export function parseConfig<Registry extends Sections = typeof SECTIONS>(
  text: string,
  options: ParseOptions,
  sections = SECTIONS as Sections as Registry, // the default of the type
): ConfigResult<ConfigOf<Registry>> {
  const yaml = readYaml(text);
  if (!yaml.ok) return yaml;
  const log = new FaultLog();
  const found = new Set<string>();
  const readScalar = createScalarReader({
    log,
    secrets: found,
    isSecretPlace: ([name = "", ...path]) => Object.hasOwn(sections, name) && !!sections[name]?.isSecret(path, options),
    resolveReference: options.resolveReference,
  });
  const tree = new TreeReader({ lines: yaml.lines, log, readScalar });
  const file = tree.read(yaml.contents);
  const secrets = [...found];
  const redact = makeRedactor(secrets);
  const place = new Place(log);
  const config = tree.isExcessive ? {} : parseSections(sections, { file, place }, { ...options, redact });
  const faults = log.faults().sort(byLine);
  if (faults.length > 0) return { ok: false, faults };
  // Without a fault every section has a value.
  return { ok: true, config: deepFreeze(config) as ConfigOf<Registry>, secrets };
}

function deepFreeze<Data>(data: Data): Data {
  if (typeof data === "object" && data !== null) Object.values(Object.freeze(data)).forEach(deepFreeze);
  return data;
}

/** What the sections became, by their names in the program; those that are undefined, or missing, have reported why. */
function parseSections(
  sections: Sections,
  { file, place }: { readonly file: unknown; readonly place: Place },
  options: SectionOptions,
): Readonly<Record<string, unknown>> {
  if (!isPlainMap(file)) {
    place.fault("a map with the key services");
    return {};
  }
  const names = Object.keys(sections);
  const isKnown = (name: string): boolean => names.includes(name) || name.startsWith(HOLDER_PREFIX);
  for (const key of Object.keys(file).filter((name) => !isKnown(name))) refuseKey(key, names, place);

  const values = new Map<Section<unknown>, unknown>();
  const valueOf = <Value>(section: Section<Value>): Value | undefined => {
    const name = names.find((key) => sections[key] === section) ?? "";
    if (!values.has(section)) values.set(section, section.parse(file[name], place.at(name), context));
    return values.get(section) as Value | undefined; // what this very section has made
  };
  const context = { ...options, file, valueOf };
  return Object.fromEntries(
    Object.entries(sections).map(([name, section]) => [`${camelCase(name)}${section.unit}`, valueOf(section)]),
  );
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
