/**
 * From the text of a configuration to what the monitor runs with: the cluster, the plain settings, and how to keep secrets out.
 * The monitor, `npm run replay` and the deployment of a Worker call it.
 * Invariant: a configuration with any fault is refused as a whole, with every fault in the message.
 */
import type { PlainConfig } from "../../shared/config/config.ts";
import { formatFaults } from "../../shared/config/fault.ts";
import { parseConfig } from "../../shared/config/parse-config.ts";
import { allowedHosts } from "../../shared/domain/net/host-name.ts";
import { makeRedactor, type Redact } from "../../shared/domain/text/redact.ts";
import { CHANNEL_TYPES } from "../../shared/notify/registry.ts";
import type { ConfigurationSource } from "../../shared/ports/configuration-source.ts";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../../shared/probes/registry.ts";
import { buildCluster, type Cluster } from "../../shared/usecases/cluster.ts";
import { redactedServices } from "../../shared/usecases/probing/redacted-services.ts";
import type { Runtime } from "../runtime.ts";

export interface Configuration {
  readonly cluster: Cluster;
  /** Everything else; structured cloning keeps it. */
  readonly config: PlainConfig;
  /** Names that requests may carry in `Host`, lower case. */
  readonly hostNames: ReadonlySet<string>;
  readonly redact: Redact;
}

/** The configuration cannot be used; the message is for the person who wrote it. */
export class ConfigurationFault extends Error {
  /** Starting again does not help. */
  readonly isConfiguration = true;
}

/** What a configuration depends on beside its text. */
export type Surroundings = Pick<Runtime, "abilities" | "nodeName" | "ownNames" | "resolveReference">;

/** Throws ConfigurationFault, also for a text that cannot be read. */
export async function loadConfiguration(source: ConfigurationSource, runtime: Surroundings): Promise<Configuration> {
  let text: string;
  try {
    text = await source.read();
  } catch (error) {
    throw new ConfigurationFault(`${source.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return readConfiguration({ ...source, text }, runtime);
}

/** Throws ConfigurationFault. */
export function readConfiguration(
  { name, text, notice }: Pick<ConfigurationSource, "name" | "notice"> & { readonly text: string },
  runtime: Surroundings,
): Configuration {
  const parsed = parseConfig(text, {
    checkTypes: CHECK_TYPES,
    defaultCheckType: DEFAULT_CHECK_TYPE,
    channelTypes: CHANNEL_TYPES,
    defaultNode: runtime.nodeName,
    resolveReference: (reference) => runtime.resolveReference(reference),
    abilities: runtime.abilities,
  });
  if (!parsed.ok) throw new ConfigurationFault(formatFaults(name, parsed.faults));
  const { services, alerting, ...config } = parsed.config;
  const redact = makeRedactor(parsed.secrets);
  return {
    cluster: buildCluster({
      node: config.node,
      services: redactedServices(services, redact),
      degradedThresholdPercent: config.degradedThresholdPercent,
      intervals: config.intervals,
      alerting,
      notice,
    }),
    config,
    hostNames: allowedHosts([config.node, ...runtime.ownNames, ...config.hosts]),
    redact,
  };
}
