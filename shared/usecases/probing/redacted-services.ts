/**
 * Services whose observations cannot carry a secret of the configuration: a target may echo what we sent it.
 * Called by the monitor between the configuration and the probe loop. Invariant: nothing that a prober shows bypasses the redactor.
 */
import type { CheckDetails } from "../../domain/monitoring/check.ts";
import { redactJson, redactNothing, type Redact } from "../../domain/text/redact.ts";
import type { Finding, MonitoredService } from "../../ports/prober.ts";

type Fields = NonNullable<CheckDetails["fields"]>;

export function redactedServices(services: readonly MonitoredService[], redact: Redact): MonitoredService[] {
  if (redact === redactNothing) return [...services];
  return services.map((service) => ({
    ...service,
    probe: async (context) => redacted(await service.probe(context), redact),
  }));
}

function redacted(finding: Finding, redact: Redact): Finding {
  const message = finding.message === null ? null : redact(finding.message);
  return { ...finding, message, details: redactedDetails(finding.details, redact) };
}

function redactedDetails(details: CheckDetails, redact: Redact): CheckDetails {
  const { data, fields, finalUrl } = details;
  return {
    ...details,
    ...(data === undefined ? {} : { data: redactJson(data, redact) }),
    ...(fields === undefined ? {} : { fields: redactFields(fields, redact) }),
    ...(finalUrl === undefined ? {} : { finalUrl: redact(finalUrl) }),
  };
}

function redactFields(fields: Fields, redact: Redact): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redactJson(value, redact)]));
}
