/**
 * From the values of a file to a configuration: every key of a registry parsed by its section.
 * Called by `parse-config`. Knows no section by name.
 * Invariant: a fault in one section never keeps another one from being checked.
 */
import type { Place } from "./fault-log.ts";
import { isPlainMap, refuseKey } from "./parse-value.ts";
import type { Section, SectionOptions } from "./section.ts";
import type { Sections } from "./sections/registry.ts";

/** What the sections became, by their names in the program; those that are undefined, or missing, have reported why. */
export function parseSections(
  sections: Sections,
  { file, place }: { readonly file: unknown; readonly place: Place },
  options: SectionOptions,
): Readonly<Record<string, unknown>> {
  if (!isPlainMap(file)) {
    place.fault("a map with the key services");
    return {};
  }
  const names = Object.keys(sections);
  for (const key of Object.keys(file).filter((name) => !names.includes(name))) refuseKey(key, names, place);

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
