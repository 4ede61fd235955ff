/**
 * Reads a configuration as the Worker will, so that its faults are seen here and not in the log of a deployment.
 * Used by dev.ts and deploy.ts. Invariant: what passes with every reference known is accepted by the Worker.
 */
import { ConfigurationFault, readConfiguration } from "../../functions/monitor/configuration.ts";
import { WORKERS_ABILITIES } from "../../shared/domain/runtime-abilities.ts";

/** Ends this program (sysexits.h: EX_CONFIG) after printing every fault. */
export const EXIT_CONFIG = 78;

/** The faults as a text for people; null when there are none. `resolve` says what a `${NAME}` stands for. */
export function configurationFaults(
  { name, text }: { readonly name: string; readonly text: string },
  resolve: (reference: string) => string | null,
): string | null {
  try {
    readConfiguration(
      { name, text, notice: null },
      { abilities: WORKERS_ABILITIES, nodeName: "", ownNames: [], resolveReference: resolve },
    );
    return null;
  } catch (error) {
    if (error instanceof ConfigurationFault) return error.message;
    throw error;
  }
}
