/**
 * A running service as the HTTP contract sees it, and where hosts differ.
 */
export interface HttpHost {
  readonly port: number;
  /** What every request of the contract carries: a token where reading needs one. */
  readonly headers: Readonly<Record<string, string>>;
  stop(): Promise<unknown>;
}

/** Starts the service with the given configuration text and resolves when it answers. */
export type StartHttpHost = (config: string) => Promise<HttpHost>;

/** What a platform may take out of our hands; whoever lets it says so by name. */
export interface HttpAbilities {
  /** False where the platform speaks HTTP for us: then it decides about requests without Host, TRACE and the like. */
  readonly ownsTransport: boolean;
}
