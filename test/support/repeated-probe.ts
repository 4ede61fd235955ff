/**
 * A probe that is asked again and again, as the service asks it: each time with what the time before has left.
 */
import type { Json, Observation } from "../../shared/domain/monitoring/check.ts";
import { redactNothing, type Redact } from "../../shared/domain/text/redact.ts";
import type { ProbeContext } from "../../shared/ports/prober.ts";
import type { CheckType } from "../../shared/probes/check-type.ts";
import { showFinding } from "../../shared/usecases/probing/show-finding.ts";
import { configureRawProbe, type Settings } from "./configured-probe.ts";
import { WAIT_LIMIT_MS } from "./time-limits.ts";

interface Repeated {
  readonly context: Omit<ProbeContext, "timeoutMs">;
  readonly redact?: Redact;
}

/** What leaves of what it finds, and what it leaves for the next one. */
export type Seen = Observation & { readonly memory: Json; readonly baseline: Json };

export function repeatedProbe(type: CheckType, settings: Settings, { context, redact = redactNothing }: Repeated) {
  const probe = configureRawProbe(type, settings);
  let memory: Json = null;
  let baseline: Json = null;
  return async (): Promise<Seen> => {
    const left = { memory, baseline: async () => baseline, redact };
    const finding = await probe({ ...context, timeoutMs: WAIT_LIMIT_MS, ...left });
    if (finding.memory !== undefined) memory = finding.memory;
    if (finding.baseline !== undefined) baseline = finding.baseline;
    return { ...showFinding(finding, redact), memory, baseline };
  };
}
