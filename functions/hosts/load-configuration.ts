/**
 * From files and environment to what the Node host runs with: a cluster, names, limits, and how to keep secrets out.
 * Called at the start and on SIGHUP. Without a file it describes the demo cluster.
 * Invariant: a configuration with any fault is refused as a whole, with every fault in the message.
 */
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { formatFaults } from "../../shared/config/format-faults.ts";
import { parseConfig } from "../../shared/config/parse-config.ts";
import { allowedHosts } from "../../shared/domain/host-name.ts";
import { makeRedactor, type Redact } from "../../shared/domain/redact.ts";
import { makeReferenceResolver, type Environment } from "../../shared/node/references.ts";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../../shared/probes/registry.ts";
import { clusterOf, type Cluster } from "../../shared/usecases/cluster.ts";
import { redactedServices } from "../../shared/usecases/redacted-services.ts";

export interface Configuration {
  readonly cluster: Cluster;
  readonly hostNames: ReadonlySet<string>;
  readonly retentionMs: number;
  readonly cleanupMs: number;
  readonly maxConnections: number;
  readonly redact: Redact;
}

/** The configuration cannot be used; the message is for the person who wrote it. */
export class ConfigurationFault extends Error {}

export interface ConfigurationSource {
  /** What messages call it, e.g. `cluster.yaml`. */
  readonly name: string;
  readonly notice: string | null;
  read(): Promise<string>;
}

export function configurationFile(path: string): ConfigurationSource {
  return { name: path, notice: null, read: () => readFile(path, "utf8") };
}

/** Throws ConfigurationFault. `environment` resolves `${NAME}` references. */
export async function loadConfiguration(source: ConfigurationSource, environment: Environment): Promise<Configuration> {
  const parsed = parseConfig(await readSource(source), {
    checkTypes: CHECK_TYPES,
    defaultCheckType: DEFAULT_CHECK_TYPE,
    defaultNode: hostname(),
    resolveReference: makeReferenceResolver(environment),
  });
  if (!parsed.ok) throw new ConfigurationFault(formatFaults(source.name, parsed.faults));
  const { config, secrets } = parsed;
  const redact = makeRedactor(secrets);
  return {
    cluster: clusterOf({
      node: config.node,
      services: redactedServices(config.services, redact),
      degradedThresholdPercent: config.degradedThresholdPercent,
      adaptive: config.intervals,
      notice: source.notice,
    }),
    hostNames: allowedHosts([config.node, hostname(), ...config.hosts]),
    retentionMs: config.retention.blocksMs,
    cleanupMs: config.intervals.cleanupMs,
    maxConnections: config.maxConnections,
    redact,
  };
}

async function readSource(source: ConfigurationSource): Promise<string> {
  try {
    return await source.read();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    const reason = code === "ENOENT" ? "the file does not exist" : `the file cannot be read (${code})`;
    throw new ConfigurationFault(`${source.name}: ${reason}`);
  }
}
