/**
 * What a probe knows of earlier ones when there was none.
 */
import type { ProbeContext } from "../../shared/ports/prober.ts";

export const FIRST_PROBE: Pick<ProbeContext, "previous" | "memory" | "baseline"> = {
  previous: null,
  memory: null,
  baseline: async () => null,
};
