/**
 * The answers to the most frequent requests while they are at hand, without router and promise.
 * The monitor implements it, `shared/node/http-server.ts` asks it first. Invariant: they are what the router would answer.
 */
export interface PeekRequest {
  /** Path and query of a GET. */
  readonly url: string;
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
export type Peek = (request: PeekRequest) => PeekResponse | null;
