/**
 * What one HTTP service is asked and what its answer must be like: the settings, ready to use.
 * `http.ts` makes it from the configuration, once; following redirects and judging the answer read it at every probe.
 * Invariant: `url` is an absolute http or https URL without userinfo and fragment; header names are in lower case.
 */
import type { AssertBody } from "../domain/monitoring/json-assertion.ts";

export interface HttpPlan {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly expectsStatus: (statusCode: number) => boolean;
  /** Text that the body must contain; null for none. */
  readonly keyword: string | null;
  readonly assertions: readonly AssertBody[];
  readonly followsRedirects: boolean;
  readonly connection: "fresh" | "pooled";
  /** The configuration itself names this machine. */
  readonly allowLoopback: boolean;
  /** See `HttpExchangeRequest`. */
  readonly via: string | null;
  /** False: only the dates of the service's own certificate count. */
  readonly verifyTls: boolean;
}

/** Enough for every health document and list of models; more is not read. */
export const MAX_BODY_BYTES = 65_536;
