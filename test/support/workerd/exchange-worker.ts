/**
 * A Worker that exchanges and probes on behalf of a test: the transport and the check types of the Workers host inside
 * workerd, without the rest of the service. Orders and results are JSON; see remote-prober.ts for the other end.
 */
import { WORKERS_ABILITIES } from "../../../shared/domain/runtime-abilities.ts";
import type { HttpExchangeRequest } from "../../../shared/ports/http-transport.ts";
import { CHECK_TYPES } from "../../../shared/probes/registry.ts";
import { createFetchTransport, type Sender } from "../../../shared/workers/fetch-transport.ts";
import { workersClock } from "../../../shared/workers/workers-clock.ts";
import { configureProbe } from "../configured-probe.ts";
import { FIRST_PROBE } from "../first-probe.ts";

export interface ProbeOrder {
  readonly checkType: keyof typeof CHECK_TYPES;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
}

/** Stands in for a Workers VPC binding: marks what passes through it. */
const LAN: Sender = {
  fetch: (url, init) => fetch(url, { ...init, headers: { ...(init.headers as object), "x-via": "LAN" } }),
};

const http = createFetchTransport({ clock: workersClock, binding: (name) => (name === "LAN" ? LAN : null) });

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/exchange") {
      const order = (await request.json()) as HttpExchangeRequest;
      const outcome = await http.exchange(order);
      return Response.json(outcome.kind === "response" ? { ...outcome, body: [...outcome.body] } : outcome);
    }
    const { checkType, settings, timeoutMs } = (await request.json()) as ProbeOrder;
    const probe = configureProbe(CHECK_TYPES[checkType], settings, WORKERS_ABILITIES);
    return Response.json(await probe({ ...FIRST_PROBE, clock: workersClock, http, resolveName: null, timeoutMs }));
  },
};
