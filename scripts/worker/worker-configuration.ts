/**
 * The configuration that a Worker gets, read as the Worker will, so that its faults are seen here and not in the log of a deployment.
 * Used by dev.ts and deploy.ts. Invariant: what passes with every reference known is accepted by the Worker.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigurationFault, readConfiguration } from "../../functions/monitor/configuration.ts";
import { WORKERS_ABILITIES } from "../../shared/domain/runtime-abilities.ts";

/** sysexits.h: EX_CONFIG. */
export const EXIT_CONFIG = 78;

/**
 * The text of the file that MONITORING_CONFIG names, else of cluster.yaml; null when there is none. Ends this program with every
 * fault when a Worker could not use it. `resolveReference` says what each `${NAME}` stands for, null for nothing.
 */
export async function readWorkerConfiguration(
  resolveReference: (name: string) => string | null,
): Promise<string | null> {
  const { MONITORING_CONFIG } = process.env;
  const name = MONITORING_CONFIG ?? "cluster.yaml";
  const path = MONITORING_CONFIG ?? join(import.meta.dirname, "../..", name);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (MONITORING_CONFIG !== undefined) throw error;
    return null;
  });
  if (text === null) return null;
  const surroundings = { abilities: WORKERS_ABILITIES, nodeName: "", ownNames: [], resolveReference };
  try {
    readConfiguration({ name, text, notice: null }, surroundings);
  } catch (error) {
    if (!(error instanceof ConfigurationFault)) throw error;
    console.error(error.message);
    process.exit(EXIT_CONFIG);
  }
  return text;
}
