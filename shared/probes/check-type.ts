/**
 * How a check type is described: the configuration keys it adds to a service, and how they become a probe.
 * Each `shared/probes/<name>.ts` exports one, `registry.ts` lists them, `probe-service` asks their probes. Knows nothing of who schedules or stores.
 * Invariant: whatever `configure` accepts can be probed; what cannot is reported with the key that is wrong.
 */
import type * as z from "zod/mini";
import type { ReportFault } from "../domain/report-fault.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import type { Probe } from "../ports/prober.ts";

/** `Shape`: Zod shape of the keys, merged with the keys that every service has. */
export interface CheckType<Shape extends z.core.$ZodLooseShape = z.core.$ZodLooseShape> {
  /** Every value must be JSON-Schema-representable. */
  readonly keys: Shape;
  /** Keys whose values must be `${NAME}` references, never literals. */
  readonly secretKeys: readonly string[];
  /**
   * Keys that change neither what is asked nor of whom, such as limits, budgets and advice: with others, what the probes have left counts
   * as before, so it must not depend on them. Default: none.
   */
  readonly tuningKeys?: readonly string[];
  /** Makes the probe of one service; returns null after reporting at least one fault. */
  configure(settings: z.output<z.ZodMiniObject<Shape>>, report: ReportFault, abilities: RuntimeAbilities): Probe | null;
}

/** Ties the shape of the keys to the type that `configure` receives. */
export function defineCheckType<Shape extends z.core.$ZodLooseShape>(definition: CheckType<Shape>): CheckType {
  return definition;
}
