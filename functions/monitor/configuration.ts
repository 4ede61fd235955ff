/**
 * From the text of a configuration to what the monitor runs with: the cluster, the plain settings, and how to keep secrets out.
 * `npm run replay` and the deployment of a Worker read one; compose.ts keeps the one in force, which a reload replaces as a whole.
 * Invariants: a configuration with any fault is refused as a whole, with every fault in the message, and changes nothing; what is
 * read last is in force.
 */
import { formatFaults } from "../../shared/config/fault.ts";
import { parseConfig } from "../../shared/config/parse-config.ts";
import { writtenConfig } from "../../shared/config/written-config.ts";
import type { PlainConfig } from "../../shared/config/sections/registry.ts";
import { allowedHosts } from "../../shared/domain/net/host-name.ts";
import { shareOpenFiles } from "../../shared/domain/net/open-files.ts";
import { makeRedactor, type Redact } from "../../shared/domain/text/redact.ts";
import { CHANNEL_TYPES } from "../../shared/notify/registry.ts";
import type { ConfigurationSource } from "../../shared/ports/configuration-source.ts";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../../shared/probes/registry.ts";
import { buildCluster, type Cluster } from "../../shared/usecases/cluster.ts";
import { SafeText } from "../../shared/ports/log.ts";
import type { Provenance } from "../provenance.ts";
import type { Runtime } from "../runtime.ts";

export interface Configuration {
  readonly cluster: Cluster;
  /** Everything else; structured cloning keeps it. */
  readonly config: PlainConfig;
  /** Names that requests may carry in `Host`, lower case. */
  readonly hostNames: ReadonlySet<string>;
  readonly redact: Redact;
  /** As it was read. */
  readonly text: string;
}

/** The configuration cannot be used; the message is for the person who wrote it. */
export class ConfigurationFault extends Error {
  /** Starting again does not help. */
  readonly isConfiguration = true;
}

/** What a configuration depends on beside its text. */
export type Surroundings = Pick<Runtime, "abilities" | "nodeName" | "openFiles" | "ownNames" | "resolveReference">;

async function loadConfiguration(runtime: Runtime): Promise<Configuration> {
  const source = runtime.configuration;
  return readConfiguration({ ...source, text: await readSource(source) }, runtime);
}

/** The text of a configuration. Throws ConfigurationFault. */
export async function readSource(source: ConfigurationSource): Promise<string> {
  try {
    return await source.read();
  } catch (error) {
    throw new ConfigurationFault(`${source.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
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
  const { services, alerting, routes, ...config } = parsed.config;
  const redact = makeRedactor(parsed.secrets);
  const share = shareOpenFiles(runtime.openFiles ?? Infinity);
  const maxConnections = Math.min(config.maxConnections, share.connections);
  const maxConnectionsPerAddress = Math.min(config.maxConnectionsPerAddress, Math.ceil(maxConnections / 2));
  return {
    cluster: buildCluster({
      node: config.node,
      services,
      degradedThresholdPercent: config.degradedThresholdPercent,
      intervals: config.intervals,
      maxConcurrentProbes: Math.min(config.maxConcurrentProbes, share.probes),
      alerting,
      routes,
      notice,
    }),
    config: { ...config, maxConnections, maxConnectionsPerAddress },
    hostNames: allowedHosts([config.node, ...runtime.ownNames, ...config.hosts]),
    redact,
    text,
  };
}

export type ConfigurationInForce = Awaited<ReturnType<typeof loadConfigurationInForce>>;

/** Throws ConfigurationFault. */
export async function loadConfigurationInForce(runtime: Runtime) {
  const { log, clock } = runtime;
  let loadedAtMs = clock.nowMs();
  let refused: Provenance["refused"] = null;
  const adoptNext = async (): Promise<Configuration> => {
    const next = await loadConfiguration(runtime);
    log.redactWith(next.redact);
    return next;
  };
  let current = await adoptNext();
  let reloads: Promise<unknown> = Promise.resolve();

  const replace = async (adopt: (configuration: Configuration) => Promise<void>): Promise<boolean> => {
    try {
      current = await adoptNext();
      loadedAtMs = clock.nowMs();
      refused = null;
    } catch (error) {
      // A fault never shows what a reference stands for.
      const fault = error instanceof Error ? error.message : String(error);
      refused = { atMs: clock.nowMs(), fault };
      log.write("error", "configuration not reloaded, the old one stays in force", { error: new SafeText(fault) });
      return false;
    }
    await adopt(current);
    log.write("info", "configuration reloaded", { services: current.cluster.services.length });
    return true;
  };
  return {
    /** Read by everything at the moment of use. */
    get current() {
      return current;
    },
    /** Where it comes from, since when it is in force, and what has been refused since. */
    get provenance(): Provenance {
      const { text, redact } = current;
      return {
        source: runtime.configuration.name,
        loadedAtMs,
        refused,
        written: () => writtenConfig(text, redact),
      };
    },
    /** One after the other. Calls `adopt` with a configuration that is in force from then on; false when it is faulty. */
    reload(adopt: (configuration: Configuration) => Promise<void>): Promise<boolean> {
      const next = reloads.then(() => replace(adopt));
      reloads = next;
      return next;
    },
  };
}
