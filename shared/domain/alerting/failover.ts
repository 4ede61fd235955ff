/**
 * Who delivers when there are two instances. The configuration names the primary, the use cases ask it.
 * Invariant: a standby delivers only what nobody else has.
 */
import type { UrlTarget } from "../net/target.ts";

/** Whom a standby stands by for. */
export interface Primary {
  /** Its `/health`. */
  readonly target: UrlTarget;
  /** A bearer token; null for none. */
  readonly token: string | null;
}

/** The primary may restart, or be restarted by hand, without two instances notifying of the same. */
export const SILENT_AFTER_MS = 180_000;
