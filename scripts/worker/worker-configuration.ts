/**
 * The configuration that a Worker gets, read as the Worker will, so that its faults are seen here and not in the log of a deployment.
 * Used by dev.ts and deploy.ts. Invariant: what passes with every reference known is accepted by the Worker.
 */
import { join, relative } from "node:path";
import { ConfigurationFault, readConfiguration, readSource } from "../../functions/monitor/configuration.ts";
import { WORKERS_ABILITIES } from "../../shared/domain/runtime-abilities.ts";
import { configurationFile, findConfiguration } from "../../shared/node/configuration-file.ts";
import { EnvironmentFault } from "../../shared/node/environment-fault.ts";
import { variable } from "../../shared/node/environment.ts";

const ROOT = join(import.meta.dirname, "../..");

/** sysexits.h: EX_CONFIG. */
export const EXIT_CONFIG = 78;

/**
 * The file that MONITORING_CONFIG names, else cluster.yaml, and how many services it watches; null when there is none. Ends this
 * program with every fault when a Worker could not use it. `resolveReference` says what each `${NAME}` stands for, null for nothing.
 */
export async function readWorkerConfiguration(
  resolveReference: (name: string) => string | null,
): Promise<{ readonly text: string; readonly services: number } | null> {
  const surroundings = { abilities: WORKERS_ABILITIES, nodeName: "", ownNames: [], resolveReference };
  try {
    const name = variable(process.env, "MONITORING_CONFIG") ?? findConfiguration(relative("", ROOT));
    if (name === null) return null;
    const text = await readSource(configurationFile(name));
    const { cluster } = readConfiguration({ name, text, notice: null }, surroundings);
    return { text, services: cluster.services.length };
  } catch (error) {
    if (!(error instanceof ConfigurationFault) && !(error instanceof EnvironmentFault)) throw error;
    console.error(error.message);
    process.exit(EXIT_CONFIG);
  }
}
