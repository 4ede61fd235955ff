/**
 * The key `verify_tls` of the http check type: whose certificate is believed, and what of it is told all the same.
 */
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { makeSelfSigned, type Certificate } from "../support/certificates.ts";
import { configureProbe, faultyKeys, type Settings } from "../support/configured-probe.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { listen, type LoopbackServer } from "../support/loopback-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const DAY_MS = 86_400_000;
const TODAY_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const ENDS_SOON_MS = TODAY_MS + 13 * DAY_MS;
const EXPIRED_MS = TODAY_MS - DAY_MS;

let context: TestContext;
const servers: LoopbackServer[] = [];

beforeAll(async () => {
  context = await makeContext({ "elsewhere.localhost": ["127.0.0.1"] });
});
afterAll(() => context.close());
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serveTls(certificate: Certificate): Promise<LoopbackServer> {
  const server = await listen(createHttpsServer(certificate, (_request, response) => response.end("ok")));
  servers.push(server);
  return server;
}

async function serveRedirect(location: string): Promise<LoopbackServer> {
  const server = await listen(
    createHttpServer((_request, response) => response.writeHead(302, { location }).end("moved")),
  );
  servers.push(server);
  return server;
}

function selfSigned(validToMs: number): Certificate {
  return makeSelfSigned({ hosts: ["nas.lan"], validFromMs: TODAY_MS - 9 * DAY_MS, validToMs });
}

function probe(settings: Settings) {
  return configureProbe(CHECK_TYPES.http, settings)({ ...context, timeoutMs: WAIT_LIMIT_MS });
}

describe("a self-signed certificate for another name", () => {
  it("is an error unless verify_tls is off, and tells its end in both cases", async () => {
    const { port } = await serveTls(selfSigned(ENDS_SOON_MS));
    const url = `https://127.0.0.1:${port}/`;
    const details = { certificateExpiresAtMs: ENDS_SOON_MS };
    expect(await probe({ url })).toMatchObject({ status: "error", reason: "tls", details });
    expect(await probe({ url, verify_tls: true })).toMatchObject({ status: "error", reason: "tls", details });
    expect(await probe({ url, verify_tls: false })).toMatchObject({ status: "healthy", reason: null, details });
  });

  it("that has expired is an error even then", async () => {
    const { port } = await serveTls(selfSigned(EXPIRED_MS));
    expect(await probe({ url: `https://127.0.0.1:${port}/`, verify_tls: false })).toMatchObject({
      status: "error",
      reason: "tls",
      message: "Certificate has expired",
      details: { certificateExpiresAtMs: EXPIRED_MS },
    });
  });

  it("is believed after a redirect on the same host, and not on another one", async () => {
    const { port } = await serveTls(selfSigned(ENDS_SOON_MS));
    const settings = { verify_tls: false, follow_redirects: true };
    const here = await serveRedirect(`https://127.0.0.1:${port}/`);
    expect(await probe({ ...settings, url: `http://127.0.0.1:${here.port}/` })).toMatchObject({
      status: "healthy",
      details: { finalUrl: `https://127.0.0.1:${port}/`, certificateExpiresAtMs: ENDS_SOON_MS },
    });
    const away = await serveRedirect(`https://elsewhere.localhost:${port}/`);
    expect(await probe({ ...settings, url: `http://127.0.0.1:${away.port}/` })).toMatchObject({
      status: "error",
      reason: "tls",
    });
  });
});

describe("verify_tls", () => {
  it("is true or false", () => {
    const url = "https://192.0.2.1/";
    expect(faultyKeys(CHECK_TYPES.http, { url, verify_tls: "no" })).toEqual(["verify_tls"]);
    expect(faultyKeys(CHECK_TYPES.http, { url, verify_tls: false })).toEqual([]);
  });
});
