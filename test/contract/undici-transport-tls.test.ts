/**
 * Certificates as the Node transport judges them: what it trusts, what it refuses, and what it reports of both.
 */
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer, type ServerOptions } from "node:https";
import { describe, expect, it } from "vitest";
import { makeAuthority, makeSelfSigned, type CertificateRequest } from "../support/certificates.ts";
import { startHostile } from "../support/hostile-server.ts";
import { listen, type LoopbackServer } from "../support/loopback-server.ts";
import { REQUEST } from "../support/transport-bench.ts";
import { useUndici } from "../support/undici-bench.ts";

const DAY_MS = 86_400_000;
const TODAY_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const VALID = { validFromMs: TODAY_MS - DAY_MS, validToMs: TODAY_MS + 13 * DAY_MS };
const EXPIRED = { validFromMs: TODAY_MS - 3 * DAY_MS, validToMs: TODAY_MS - DAY_MS };
const FUTURE = { validFromMs: TODAY_MS + 2 * DAY_MS, validToMs: TODAY_MS + 9 * DAY_MS };
const LOCAL: CertificateRequest = { ...VALID, hosts: ["127.0.0.1", "service.test"] };

const authority = makeAuthority("Test Authority", {
  validFromMs: TODAY_MS - 30 * DAY_MS,
  validToMs: TODAY_MS + 30 * DAY_MS,
});
const stranger = makeAuthority("Stranger", { validFromMs: TODAY_MS - 30 * DAY_MS, validToMs: TODAY_MS + 30 * DAY_MS });

const { track, transportWith } = useUndici();

describe("certificates", () => {
  async function serveTls(options: ServerOptions): Promise<LoopbackServer & { readonly answered: () => number }> {
    let answered = 0;
    const server = track(
      await listen(
        createHttpsServer(options, (_request, response) => {
          answered += 1;
          response.end("ok");
        }),
      ),
    );
    return Object.assign(server, { answered: () => answered });
  }

  it("reports when the certificate of a trusted server ends, and how long the handshake took", async () => {
    const transport = await transportWith({}, [authority.ca]);
    const { port } = await serveTls(authority.issue(LOCAL));
    const outcome = await transport.exchange({ ...REQUEST, url: `https://127.0.0.1:${port}/` });
    expect(outcome).toMatchObject({ kind: "answer", statusCode: 200, certificateExpiresAtMs: VALID.validToMs });
    expect(outcome.timings.tlsMs).toBeGreaterThan(0);
  });

  it("reports it again on a reused connection, where no handshake takes place", async () => {
    const transport = await transportWith({}, [authority.ca]);
    const { port } = await serveTls(authority.issue(LOCAL));
    const request = { ...REQUEST, url: `https://127.0.0.1:${port}/`, connection: "pooled" } as const;
    await transport.exchange(request);
    const outcome = await transport.exchange(request);
    expect(outcome).toMatchObject({ kind: "answer", certificateExpiresAtMs: VALID.validToMs });
    expect(outcome.timings).not.toHaveProperty("tlsMs");
  });

  it("compares the certificate with the name, not with the address it leads to", async () => {
    const transport = await transportWith({ "service.test": ["127.0.0.1"], "other.test": ["127.0.0.1"] }, [
      authority.ca,
    ]);
    const { port } = await serveTls(authority.issue(LOCAL));
    expect(await transport.exchange({ ...REQUEST, url: `https://service.test:${port}/` })).toMatchObject({
      kind: "answer",
    });
    expect(await transport.exchange({ ...REQUEST, url: `https://other.test:${port}/` })).toMatchObject({
      reason: "tls",
    });
  });

  it.each([
    ["is self-signed", makeSelfSigned(LOCAL), "Certificate is self-signed"],
    ["is from a stranger", stranger.issue(LOCAL), "Certificate is not trusted"],
    ["has expired", authority.issue({ ...LOCAL, ...EXPIRED }), "Certificate has expired"],
    ["is not valid yet", authority.issue({ ...LOCAL, ...FUTURE }), "Certificate is not valid yet"],
    [
      "is for another host",
      authority.issue({ ...VALID, hosts: ["elsewhere.test"] }),
      "Certificate is for another host",
    ],
  ])("refuses one that %s, sends nothing, and still reports its end", async (_what, certificate, message) => {
    const transport = await transportWith({}, [authority.ca]);
    const server = await serveTls(certificate);
    const outcome = await transport.exchange({ ...REQUEST, url: `https://127.0.0.1:${server.port}/` });
    expect(outcome).toMatchObject({ kind: "failure", reason: "tls", message });
    expect(outcome.certificateExpiresAtMs).toEqual(expect.any(Number));
    expect(outcome.timings).not.toHaveProperty("firstByteMs");
    expect(server.answered()).toBe(0);
    await server.untilIdle();
  });

  it("fails the handshake with a server that speaks old TLS only", async () => {
    const transport = await transportWith({}, [authority.ca]);
    const { port } = await serveTls({ ...authority.issue(LOCAL), minVersion: "TLSv1", maxVersion: "TLSv1.1" });
    const outcome = await transport.exchange({ ...REQUEST, url: `https://127.0.0.1:${port}/` });
    expect(outcome).toMatchObject({ kind: "failure", reason: "tls" });
  });

  it("fails the handshake with a server that speaks plain HTTP", async () => {
    const transport = await transportWith({}, [authority.ca]);
    const { port } = track(await listen(createHttpServer((_request, response) => response.end())));
    const outcome = await transport.exchange({ ...REQUEST, url: `https://127.0.0.1:${port}/` });
    expect(outcome).toMatchObject({ kind: "failure", reason: "tls", message: "TLS handshake failed" });
  });

  it("counts a stalled handshake as not connected, and says that it was the handshake", async () => {
    const transport = await transportWith({}, [authority.ca]);
    const server = track(await startHostile("silent"));
    const outcome = await transport.exchange({ ...REQUEST, url: `https://127.0.0.1:${server.port}/`, timeoutMs: 200 });
    expect(outcome).toMatchObject({ kind: "failure", reason: "deadline_connect", message: "Request timed out" });
    expect(outcome.timings.tlsMs).toBeGreaterThan(100);
    await server.untilIdle();
  });
});
