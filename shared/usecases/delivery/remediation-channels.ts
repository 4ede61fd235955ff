/**
 * Automatic responses as channels of the deliverer: through the outbox like every message, so that none is lost with a restart.
 * Hosts add them to the configured channels. Invariant: how a response ended becomes `action_taken` and an entry of the audit trail.
 */
import type { AlertCommand } from "../../domain/alerting/alert-commands.ts";
import { responseChannel } from "../../domain/alerting/remediation.ts";
import type { Channel } from "../../ports/notifier.ts";
import type { MonitoredService } from "../../ports/prober.ts";
import type { RunCommand } from "../../ports/remediation.ts";
import type { Cluster } from "../cluster.ts";

export interface ResponseDependencies {
  apply(command: AlertCommand): Promise<unknown>;
  /** Absent where no program can be run. */
  readonly runCommand?: RunCommand;
}

/** All that can be sent to: channels and responses. */
export function receiversOf({ alerting, services }: Cluster, dependencies: ResponseDependencies): Channel[] {
  return [...alerting.channels, ...services.flatMap((service) => responseOf(service, dependencies))];
}

function responseOf(
  { id, respond, responseTimeoutMs }: MonitoredService,
  { apply, runCommand }: ResponseDependencies,
): Channel[] {
  if (respond === null) return [];
  return [
    {
      name: responseChannel(id),
      type: "on_firing",
      tier: "response",
      shortestGapMs: 0,
      dailyCap: null,
      timeoutMs: responseTimeoutMs,
      async deliver(notification, context) {
        const result = await respond(notification, { ...context, ...(runCommand && { runCommand }) });
        const alertId = notification.alerts[0]?.id ?? "";
        try {
          await apply({ kind: "responded", alertId, service: id, result });
        } catch (error) {
          // It has been done; doing it again because it could not be written down would be worse.
          context.log.write("error", "a response could not be written down", { service: id, error: String(error) });
        }
        return { kind: "accepted", receipt: result };
      },
    },
  ];
}
