/**
 * A request that the guard has let in, as handlers see it. Made by app.ts.
 * A class, since streams keep theirs for an hour: as a literal with closures it takes a kilobyte more.
 */
import type { Endpoint, EndpointRequest } from "./endpoint.ts";
import { admit, type ClientContext } from "./guard.ts";

type Refuse = EndpointRequest<unknown, unknown, unknown>["refuse"];

interface Parts extends Pick<
  EndpointRequest<unknown, unknown, unknown>,
  "path" | "query" | "body" | "actor" | "refuse"
> {
  readonly raw: Request;
  readonly endpoint: Endpoint;
  readonly env: ClientContext;
}

export class AdmittedRequest implements EndpointRequest<unknown, unknown, unknown> {
  readonly name: string;
  readonly path: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly address: string | null;
  readonly actor: string;
  readonly refuse: Refuse;
  readonly #raw: Request;
  readonly #endpoint: Endpoint;
  readonly #env: ClientContext;

  constructor({ raw, endpoint, env, path, query, body, actor, refuse }: Parts) {
    this.name = endpoint.name;
    this.path = path;
    this.query = query;
    this.body = body;
    this.address = env.address;
    this.actor = actor;
    this.refuse = refuse;
    this.#raw = raw;
    this.#endpoint = endpoint;
    this.#env = env;
  }

  get headers(): Headers {
    return this.#raw.headers;
  }

  /** At the edge a request may have none. */
  get signal(): AbortSignal {
    return this.#raw.signal ?? new AbortController().signal;
  }

  async admitAgain(): Promise<void> {
    await admit(this.#raw, this.#endpoint, this.#env);
  }
}
