/**
 * The answer to a plain `GET /cluster_health` while it is at hand, without router and promise.
 * The monitor implements it, `shared/node/http-server.ts` asks it first. Invariant: it is what the router would answer.
 */
export interface PeekRequest {
  /** Of the header Host. */
  readonly host: string | undefined;
  /** Of the header If-None-Match. */
  readonly ifNoneMatch: string | undefined;
}

export interface PeekResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, as text or in UTF-8; null for 304. */
  readonly body: string | Uint8Array | null;
}

/** Null: the router has to be asked. */
export type PeekClusterHealth = (request: PeekRequest) => PeekResponse | null;
