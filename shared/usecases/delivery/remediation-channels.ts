/**
 * Remediations as channels of the deliverer: through the outbox like every message, so that none is lost with a restart.
 * The monitor adds them to the configured channels. Invariant: how a remediation ended becomes `action_taken` and an entry of the audit trail.
 */
import type { AlertCommand } from "../../domain/alerting/alert-commands.ts";
import { remediationChannel } from "../../domain/alerting/remediation.ts";
import type { Channel } from "../../ports/notifier.ts";
import type { MonitoredService } from "../../ports/prober.ts";
import type { RunCommand } from "../../ports/remediation.ts";
import type { Cluster } from "../cluster.ts";

export interface RemediationDependencies {
  apply(command: AlertCommand): Promise<unknown>;
  /** Absent where no program can be run. */
  readonly runCommand?: RunCommand;
}

/** All that can be sent to: channels, each of their recipients, and remediations. */
export function listReceivers({ alerting, services }: Cluster, dependencies: RemediationDependencies): Channel[] {
  const channels = alerting.channels.flatMap((channel) => [channel, ...(channel.recipients ?? [])]);
  return [...channels, ...services.flatMap((service) => buildChannel(service, dependencies) ?? [])];
}

function buildChannel(
  { id, remediate, remediationTimeoutMs }: MonitoredService,
  { apply, runCommand }: RemediationDependencies,
): Channel | null {
  if (remediate === null) return null;
  return {
    name: remediationChannel(id),
    type: "on_firing",
    fingerprint: "",
    tier: "remediation",
    shortestGapMs: 0,
    dailyCap: null,
    timeoutMs: remediationTimeoutMs,
    async deliver(notification, context) {
      const result = await remediate(notification, { ...context, ...(runCommand && { runCommand }) });
      const alertId = notification.alerts[0]?.id ?? "";
      try {
        await apply({ kind: "remediated", alertId, service: id, result });
      } catch (error) {
        // It has been done; doing it again because it could not be written down would be worse.
        context.log.write("error", "a remediation could not be written down", { service: id, error: String(error) });
      }
      return { kind: "accepted", receipt: result };
    },
  };
}
