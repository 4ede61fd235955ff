/**
 * Where the configuration in force comes from, since when it is, and what has been refused since.
 * Kept by functions/monitor/configuration.ts, asked by endpoints. Invariant: nothing of it shows what a reference stands for.
 */
import type { Json } from "../shared/domain/monitoring/check.ts";

export interface Provenance {
  /** What messages call it, e.g. `cluster.yaml`. */
  readonly source: string;
  /** Epoch ms. */
  readonly loadedAtMs: number;
  /** What the last reload refused: every fault with its line, for who wrote it; null: nothing since this one was loaded. */
  readonly refused: { readonly atMs: number; readonly fault: string } | null;
  /** What people wrote, without comments and secrets; null where that cannot be shown. */
  written(): Json;
}
