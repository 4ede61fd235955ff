/**
 * Load of the machine that runs the service. Implemented by runtimes; read by sweeps and by `/stats`.
 * Invariant: reading never waits: the runtime samples in the background and hands out its last figures.
 */
import type { HostFigures } from "../domain/monitoring/host-figures.ts";

export interface HostStats {
  /** The last sample, at most about 15 s old; all null before the first one. */
  current(): HostFigures;
}
