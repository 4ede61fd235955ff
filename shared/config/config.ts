/**
 * The configuration as the rest of the program sees it: checked, complete, in milliseconds.
 * Made by `parse-config`, read by hosts and use cases. Secrets are not in it: probes have closed over theirs.
 * Invariant: deeply frozen; a reload makes a new one.
 */
import type { Access } from "../domain/access/access.ts";
import type { AlertingConfig } from "./parse-alerting.ts";
import type { Failover } from "../domain/alerting/failover.ts";
import type { MonitoredService } from "../ports/prober.ts";

export interface Config {
  /** Name of the machine that monitors, 1–100 characters. */
  readonly node: string;
  /** 1–1,000, in the order of the file. */
  readonly services: readonly MonitoredService[];
  readonly intervals: {
    /** Cadence of failing services while the cluster is degraded. */
    readonly degradedMs: number;
    /** Cadence of failing services while the cluster is unhealthy. */
    readonly unhealthyMs: number;
    readonly cleanupMs: number;
  };
  readonly access: Access;
  readonly alerting: AlertingConfig;
  readonly failover: Failover;
  /** Further names for the Host header, lower case, without port. */
  readonly hosts: readonly string[];
  readonly retention: { readonly blocksMs: number };
  /** 0–100. */
  readonly degradedThresholdPercent: number;
  /** ≥ 1. */
  readonly maxConnections: number;
}

/** What structured cloning keeps of it: everything but what probes and channels have closed over. */
export type PlainConfig = Omit<Config, "services" | "alerting">;
