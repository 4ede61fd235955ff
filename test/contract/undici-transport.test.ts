/**
 * The Node transport: the contract, and what only it can do: certificates, names, address policy after resolution.
 */
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createNameResolver } from "../../shared/node/name-resolver.ts";
import { createUndiciTransport, type UndiciTransport } from "../../shared/node/undici-transport.ts";
import type { HttpExchangeRequest } from "../../shared/ports/http-transport.ts";
import { makeAuthority, makeSelfSigned, type Certificate } from "../support/certificates.ts";
import { startDnsStub, type DnsStub } from "../support/dns-stub.ts";
import { startHostile } from "../support/hostile-server.ts";
import { listen, type LoopbackServer } from "../support/loopback-server.ts";
import { httpTransportContract } from "./http-transport-contract.ts";

httpTransportContract("undici", () => {
  const transport = createUndiciTransport();
  return { transport, close: () => transport.close() };
});
