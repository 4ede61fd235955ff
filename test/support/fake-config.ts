/**
 * Configurations of the fake check type: what tests of the configuration write and read again and again.
 * Invariant: the values of references all look like nothing else in a test, so that a leak is found by searching for them.
 */
import { expect } from "vitest";
import { NODE_ABILITIES } from "../../shared/domain/runtime-abilities.ts";
import type { Fault } from "../../shared/config/fault.ts";
import { parseConfig, type ParseOptions } from "../../shared/config/parse-config.ts";
import type { Config } from "../../shared/config/sections/registry.ts";
import { FAKE_REGISTRY } from "./fake-check-types.ts";

const VALUES: Readonly<Record<string, string>> = { TOKEN: "tok-7f3a9c", HOST: "node9", EMPTY: "", DOLLAR: "${HOST}" };

export const FAKE_OPTIONS: ParseOptions = {
  ...FAKE_REGISTRY,
  defaultNode: "this-node",
  abilities: NODE_ABILITIES,
  resolveReference: (name) => VALUES[name] ?? null,
};

/** The configuration of a text that must be accepted. */
export function configOf(text: string): Config {
  const result = parseConfig(text, FAKE_OPTIONS);
  if (!result.ok) expect.unreachable(JSON.stringify(result.faults, null, 1));
  return result.config;
}

/** The faults of a text that must be refused. */
export function faultsOf(text: string): readonly Fault[] {
  const result = parseConfig(text, FAKE_OPTIONS);
  if (result.ok) expect.unreachable("accepted");
  return result.faults;
}

/** A file with the service `a`, whose keys are the lines given; the first of them stands on line 3. */
export function oneService(...lines: readonly string[]): string {
  return ["services:", "  a:", ...lines.map((line) => `    ${line}`)].join("\n");
}
