/**
 * Load of the machine that runs the service. Implemented by runtimes; read by sweeps and by `/stats`.
 * Invariant: reading never waits: the runtime samples in the background and hands out its last figures.
 */
export interface HostFigures {
  /** 0–100, one decimal; null where the runtime cannot tell. */
  readonly cpuPercent: number | null;
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number } | null;
  readonly disk: { readonly totalBytes: number; readonly freeBytes: number } | null;
}

export interface HostStats {
  /** The last sample, at most about 15 s old; all null before the first one. */
  current(): HostFigures;
}
