/**
 * What a probe knows of earlier ones when there was none.
 */
import { redactNothing } from "../../shared/domain/text/redact.ts";
import type { ProbeContext } from "../../shared/ports/prober.ts";

export const FIRST_PROBE: Pick<ProbeContext, "previous" | "memory" | "baseline" | "redact"> = {
  previous: null,
  memory: null,
  baseline: async () => null,
  redact: redactNothing,
};
