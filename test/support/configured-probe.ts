/**
 * Check types outside a configuration file: settings in, a probe or its faults out.
 */
import { z } from "zod/mini";
import { NODE_ABILITIES, type RuntimeAbilities } from "../../shared/domain/runtime-abilities.ts";
import type { Observation } from "../../shared/domain/monitoring/check.ts";
import { redactNothing } from "../../shared/domain/text/redact.ts";
import type { Probe, ProbeContext } from "../../shared/ports/prober.ts";
import type { CheckType } from "../../shared/probes/check-type.ts";
import { showFinding } from "../../shared/usecases/probing/show-finding.ts";

export type Settings = Readonly<Record<string, unknown>>;

/** A probe, and what leaves of what it finds. */
export type ShownProbe = (context: ProbeContext) => Promise<Observation>;

/** The probe of these settings; throws when they have faults. */
export function configureProbe(
  type: CheckType,
  settings: Settings,
  abilities: RuntimeAbilities = NODE_ABILITIES,
): ShownProbe {
  const probe = configureRawProbe(type, settings, abilities);
  return async (context) => showFinding(await probe(context), redactNothing);
}

/** The same, with what it finds as it finds it. */
export function configureRawProbe(
  type: CheckType,
  settings: Settings,
  abilities: RuntimeAbilities = NODE_ABILITIES,
): Probe {
  const { probe, faults } = configure(type, settings, abilities);
  if (!probe) throw new Error(`faults: ${JSON.stringify(faults)}`);
  return probe;
}

/** The keys that are wrong, those of the schema first. */
export function faultyKeys(
  type: CheckType,
  settings: Settings,
  abilities: RuntimeAbilities = NODE_ABILITIES,
): string[] {
  return configure(type, settings, abilities).faults;
}

function configure(
  type: CheckType,
  settings: Settings,
  abilities: RuntimeAbilities,
): { probe: Probe | null; faults: string[] } {
  const parsed = z.strictObject(type.keys).safeParse(settings);
  if (!parsed.success) return { probe: null, faults: parsed.error.issues.map(({ path }) => String(path[0])) };
  const faults: string[] = [];
  const probe = type.configure(parsed.data, (key) => faults.push(key), abilities);
  return { probe, faults };
}
