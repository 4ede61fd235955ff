/**
 * From the text of a configuration to what a host runs with: a cluster, who may call, limits, and how to keep secrets out.
 * Both hosts call it, each with its own abilities and its own place for secrets.
 * Invariant: a configuration with any fault is refused as a whole, with every fault in the message.
 */
import { formatFaults } from "../../shared/config/format-faults.ts";
import { parseConfig } from "../../shared/config/parse-config.ts";
import type { Access } from "../../shared/domain/access/access.ts";
import type { Failover } from "../../shared/domain/alerting/failover.ts";
import type { RuntimeAbilities } from "../../shared/domain/runtime-abilities.ts";
import { allowedHosts } from "../../shared/domain/net/host-name.ts";
import { makeRedactor, type Redact } from "../../shared/domain/text/redact.ts";
import { CHANNEL_TYPES } from "../../shared/notify/registry.ts";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../../shared/probes/registry.ts";
import { clusterOf, type Cluster } from "../../shared/usecases/cluster.ts";
import { redactedServices } from "../../shared/usecases/probing/redacted-services.ts";

export interface Configuration {
  readonly cluster: Cluster;
  readonly access: Access;
  readonly failover: Failover;
  readonly hostNames: ReadonlySet<string>;
  readonly retentionMs: number;
  readonly cleanupMs: number;
  readonly maxConnections: number;
  readonly redact: Redact;
}

/** The configuration cannot be used; the message is for the person who wrote it. */
export class ConfigurationFault extends Error {}

export interface ConfigurationText {
  /** What messages call it, e.g. `cluster.yaml`. */
  readonly name: string;
  readonly text: string;
  /** A sentence that every reader of the API must see; null for none. */
  readonly notice: string | null;
}

export interface RuntimeSettings {
  readonly abilities: RuntimeAbilities;
  /** The name of the monitoring node when the configuration has none. */
  readonly defaultNode: string;
  /** Names under which requests may call this host, beside those of the configuration. */
  readonly ownNames: readonly string[];
  /** What `${NAME}` stands for; null for nothing. */
  resolveReference(name: string): string | null;
}

/** Throws ConfigurationFault. */
export function readConfiguration({ name, text, notice }: ConfigurationText, host: RuntimeSettings): Configuration {
  const parsed = parseConfig(text, {
    checkTypes: CHECK_TYPES,
    defaultCheckType: DEFAULT_CHECK_TYPE,
    channelTypes: CHANNEL_TYPES,
    defaultNode: host.defaultNode,
    resolveReference: (reference) => host.resolveReference(reference),
    host: host.abilities,
  });
  if (!parsed.ok) throw new ConfigurationFault(formatFaults(name, parsed.faults));
  const { config, secrets } = parsed;
  const redact = makeRedactor(secrets);
  return {
    cluster: clusterOf({
      node: config.node,
      services: redactedServices(config.services, redact),
      degradedThresholdPercent: config.degradedThresholdPercent,
      adaptive: config.intervals,
      alerting: config.alerting,
      notice,
    }),
    access: config.access,
    failover: config.failover,
    hostNames: allowedHosts([config.node, ...host.ownNames, ...config.hosts]),
    retentionMs: config.retention.blocksMs,
    cleanupMs: config.intervals.cleanupMs,
    maxConnections: config.maxConnections,
    redact,
  };
}
