/**
 * What the tests of an HTTP transport stand on: a fresh transport per test, and servers that are closed after it.
 */
import { createServer, type RequestListener } from "node:http";
import { afterEach, beforeEach } from "vitest";
import { parseUrl, type UrlTarget } from "../../shared/domain/net/target.ts";
import type {
  HttpResponse,
  HttpExchangeRequest,
  HttpFailure,
  HttpTransport,
} from "../../shared/ports/http-transport.ts";
import { startHostile, startRaw, type MischiefName } from "./hostile-server.ts";
import { listen, type LoopbackServer } from "./loopback-server.ts";
import { WAIT_LIMIT_MS } from "./time-limits.ts";

export interface TransportFixture {
  readonly transport: HttpTransport;
  close(): Promise<void>;
}

export type MakeTransport = () => TransportFixture;

/** What a platform may lack; whoever lacks one says so by name. */
export interface TransportAbilities {
  /** Tells a peer that does not speak valid HTTP from one that hangs up. */
  readonly tellsInvalidHttp: boolean;
  /** Opens and closes connections itself. */
  readonly ownsConnections: boolean;
}

export const ALL_ABILITIES: TransportAbilities = { tellsInvalidHttp: true, ownsConnections: true };

type Outcome = HttpResponse | HttpFailure;

export interface TransportBench {
  serve(listener: RequestListener): Promise<LoopbackServer>;
  hostile(mischief: MischiefName): Promise<LoopbackServer>;
  raw(mischief: Parameters<typeof startRaw>[0]): Promise<LoopbackServer>;
  /** Asks for `/` on that port of loopback unless the request says otherwise. */
  ask(
    server: Pick<LoopbackServer, "port">,
    request?: Partial<HttpExchangeRequest & { url: string; allowLoopback: boolean }>,
  ): Promise<Outcome>;
}

/** A harmless request. */
export const REQUEST: Omit<HttpExchangeRequest, "target"> = {
  method: "GET",
  headers: {},
  body: null,
  timeoutMs: WAIT_LIMIT_MS,
  maxBodyBytes: 65_536,
  connection: "fresh",
  verifyTls: true,
};

/** The target of a configuration that names this machine, unless `allowLoopback` says that it does not. */
export function targetAt(url: string, { allowLoopback = true } = {}): UrlTarget {
  const target = parseUrl(url);
  if (!target) throw new Error(`not a URL to ask: ${url}`);
  return { ...target, allowLoopback };
}

/** To be called once per suite, within its `describe`. */
export function useTransport(make: MakeTransport): TransportBench {
  let fixture: TransportFixture;
  let servers: LoopbackServer[];

  beforeEach(() => {
    fixture = make();
    servers = [];
  });
  afterEach(async () => {
    await fixture.close();
    await Promise.all(servers.map((server) => server.close()));
  });

  const track = async (starting: Promise<LoopbackServer>): Promise<LoopbackServer> => {
    const server = await starting;
    servers.push(server);
    return server;
  };
  return {
    serve: (listener) => track(listen(createServer(listener))),
    hostile: (mischief) => track(startHostile(mischief)),
    raw: (mischief) => track(startRaw(mischief)),
    ask: ({ port }, { url = `http://127.0.0.1:${port}/`, allowLoopback = true, ...request } = {}) =>
      fixture.transport.exchange({ ...REQUEST, target: targetAt(url, { allowLoopback }), ...request }),
  };
}

export function expectAnswer(outcome: Outcome): HttpResponse {
  if (outcome.kind === "failure") throw new Error(`expected an answer, got ${outcome.reason}: ${outcome.message}`);
  return outcome;
}

export function expectFailure(outcome: Outcome): HttpFailure {
  if (outcome.kind === "response") throw new Error(`expected a failure, got HTTP ${outcome.statusCode}`);
  return outcome;
}

export function textOf({ body }: HttpResponse): string {
  return new TextDecoder().decode(body);
}
