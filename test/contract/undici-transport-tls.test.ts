/**
 * Certificates as the Node transport judges them: what it trusts, what it refuses, and what it reports of both.
 */
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer, type ServerOptions } from "node:https";
import { connect } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, it } from "vitest";
import { makeAuthority, makeSelfSigned, type CertificateRequest } from "../support/certificates.ts";
import { startHostile, startRaw } from "../support/hostile-server.ts";
import { listen, type LoopbackServer } from "../support/loopback-server.ts";
import { REQUEST, targetAt } from "../support/transport-bench.ts";
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

describe("certificates", () => {
  it("reports when the certificate of a trusted server ends, and how long the handshake took", async () => {
    const transport = await transportWith({}, [authority.ca]);
    const { port } = await serveTls(authority.issue(LOCAL));
    const outcome = await transport.exchange({ ...REQUEST, target: targetAt(`https://127.0.0.1:${port}/`) });
    expect(outcome).toMatchObject({ kind: "response", statusCode: 200, certificateExpiresAtMs: VALID.validToMs });
    expect(outcome.timings.tlsMs).toBeGreaterThan(0);
  });

  it("reports it again on a reused connection, where no handshake takes place", async () => {
    const transport = await transportWith({}, [authority.ca]);
    const { port } = await serveTls(authority.issue(LOCAL));
    const request = { ...REQUEST, target: targetAt(`https://127.0.0.1:${port}/`), connection: "pooled" } as const;
    await transport.exchange(request);
    const outcome = await transport.exchange(request);
    expect(outcome).toMatchObject({ kind: "response", certificateExpiresAtMs: VALID.validToMs });
    expect(outcome.timings).not.toHaveProperty("tlsMs");
  });

  it("compares the certificate with the name, not with the address it leads to", async () => {
    const transport = await transportWith({ "service.test": ["127.0.0.1"], "other.test": ["127.0.0.1"] }, [
      authority.ca,
    ]);
    const { port } = await serveTls(authority.issue(LOCAL));
    expect(await transport.exchange({ ...REQUEST, target: targetAt(`https://service.test:${port}/`) })).toMatchObject({
      kind: "response",
    });
    expect(await transport.exchange({ ...REQUEST, target: targetAt(`https://other.test:${port}/`) })).toMatchObject({
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
    const outcome = await transport.exchange({ ...REQUEST, target: targetAt(`https://127.0.0.1:${server.port}/`) });
    expect(outcome).toMatchObject({ kind: "failure", reason: "tls", message });
    expect(outcome.certificateExpiresAtMs).toEqual(expect.any(Number));
    expect(outcome.timings).not.toHaveProperty("firstByteMs");
    expect(server.answered()).toBe(0);
    await server.untilIdle();
  });

  it("refuses one whose issuer the server does not send along, and accepts it when it does", async () => {
    const transport = await transportWith({}, [authority.ca]);
    const intermediate = authority.delegate("Intermediate");
    const { cert, key } = intermediate.issue(LOCAL);
    const [incomplete, complete] = [
      await serveTls({ cert, key }),
      await serveTls({ cert: cert + intermediate.ca, key }),
    ];
    const outcome = await transport.exchange({ ...REQUEST, target: targetAt(`https://127.0.0.1:${incomplete.port}/`) });
    expect(outcome).toMatchObject({
      kind: "failure",
      reason: "tls",
      message: "Certificate is not trusted",
      certificateExpiresAtMs: VALID.validToMs,
    });
    expect(
      await transport.exchange({ ...REQUEST, target: targetAt(`https://127.0.0.1:${complete.port}/`) }),
    ).toMatchObject({
      kind: "response",
      certificateExpiresAtMs: VALID.validToMs,
    });
  });

  it.each(["TLSv1", "TLSv1.1"] as const)("fails the handshake with a server that speaks %s only", async (version) => {
    const transport = await transportWith({}, [authority.ca]);
    const old = { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" };
    const { port } = await serveTls({ ...authority.issue(LOCAL), ...old });
    const outcome = await transport.exchange({ ...REQUEST, target: targetAt(`https://127.0.0.1:${port}/`) });
    expect(outcome).toMatchObject({ kind: "failure", reason: "tls", message: "TLS handshake failed" });
  });

  it("fails the handshake with a server that speaks plain HTTP", async () => {
    const transport = await transportWith({}, [authority.ca]);
    const { port } = track(await listen(createHttpServer((_request, response) => response.end())));
    const outcome = await transport.exchange({ ...REQUEST, target: targetAt(`https://127.0.0.1:${port}/`) });
    expect(outcome).toMatchObject({ kind: "failure", reason: "tls", message: "TLS handshake failed" });
  });

  it("counts a stalled handshake as not connected, and says that it was the handshake", async () => {
    const transport = await transportWith({}, [authority.ca]);
    const server = track(await startHostile("silent"));
    const outcome = await transport.exchange({
      ...REQUEST,
      target: targetAt(`https://127.0.0.1:${server.port}/`),
      timeoutMs: 600,
    });
    expect(outcome).toMatchObject({ kind: "failure", reason: "deadline_connect", message: "Request timed out" });
    expect(Object.keys(outcome.timings).at(-1)).toBe("tlsMs");
    await server.untilIdle();
  });

  it("ends at the deadline when the server asks for a second handshake in its answer and never finishes it", async () => {
    const transport = await transportWith({}, [authority.ca]);
    let deafen = (): void => {};
    const inner = track(
      await listen(
        createTlsServer({ ...authority.issue(LOCAL), maxVersion: "TLSv1.2" }, (socket) => {
          socket.once("data", () => {
            deafen();
            socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nten bytes.");
            socket.renegotiate({}, () => {});
          });
        }),
      ),
    );
    const outer = track(
      await startRaw((socket) => {
        const upstream = connect(inner.port, "127.0.0.1");
        socket.pipe(upstream).pipe(socket);
        deafen = () => socket.unpipe(upstream).resume();
      }),
    );
    const request = { ...REQUEST, target: targetAt(`https://127.0.0.1:${outer.port}/`), timeoutMs: 3_000 };
    const outcome = await transport.exchange(request);
    expect(outcome).toMatchObject({ kind: "failure", reason: "deadline_response" });
    expect(Object.keys(outcome.timings).at(-1)).toBe("bodyMs");
    await outer.untilIdle();
  });
});

describe("certificates that need not be trusted", () => {
  const elsewhere = { ...VALID, hosts: ["elsewhere.test"] };

  it.each([
    ["is self-signed", makeSelfSigned(LOCAL)],
    ["is from a stranger", stranger.issue(LOCAL)],
    ["is for another host", authority.issue(elsewhere)],
    ["is from a stranger and for another host", stranger.issue(elsewhere)],
    ["is as it should be", authority.issue(LOCAL)],
  ])("lets one pass that %s, and still reports its end", async (_what, certificate) => {
    const transport = await transportWith({}, [authority.ca]);
    const { port } = await serveTls(certificate);
    const request = { ...REQUEST, target: targetAt(`https://127.0.0.1:${port}/`), verifyTls: false };
    expect(await transport.exchange(request)).toMatchObject({
      kind: "response",
      statusCode: 200,
      certificateExpiresAtMs: VALID.validToMs,
    });
  });

  it.each([
    ["has expired", authority.issue({ ...LOCAL, ...EXPIRED }), "Certificate has expired"],
    ["has expired and is self-signed", makeSelfSigned({ ...LOCAL, ...EXPIRED }), "Certificate has expired"],
    ["is not valid yet", makeSelfSigned({ ...LOCAL, ...FUTURE }), "Certificate is not valid yet"],
  ])("refuses one that %s, and sends nothing", async (_what, certificate, message) => {
    const transport = await transportWith();
    const server = await serveTls(certificate);
    const request = { ...REQUEST, target: targetAt(`https://127.0.0.1:${server.port}/`), verifyTls: false };
    const outcome = await transport.exchange(request);
    expect(outcome).toMatchObject({ kind: "failure", reason: "tls", message });
    expect(outcome.certificateExpiresAtMs).toEqual(expect.any(Number));
    expect(server.answered()).toBe(0);
  });

  it("lend no connection to an exchange that wants proof", async () => {
    const transport = await transportWith();
    const { port } = await serveTls(makeSelfSigned(LOCAL));
    const request = { ...REQUEST, target: targetAt(`https://127.0.0.1:${port}/`), connection: "pooled" } as const;
    expect(await transport.exchange({ ...request, verifyTls: false })).toMatchObject({ kind: "response" });
    expect(await transport.exchange(request)).toMatchObject({ kind: "failure", reason: "tls" });
  });
});
