/**
 * What every implementation of the port `http-transport` must do, one test per sentence of the port.
 * Runs against servers on loopback, well-behaved and hostile; nothing is mocked.
 */
import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import {
  ALL_ABILITIES,
  expectAnswer,
  expectFailure,
  textOf,
  useTransport,
  type MakeTransport,
  type TransportAbilities,
} from "../support/transport-bench.ts";
import { connectionContract } from "./http-transport-connections.ts";
import { failureContract } from "./http-transport-failures.ts";

export function httpTransportContract(
  name: string,
  make: MakeTransport,
  abilities: TransportAbilities = ALL_ABILITIES,
): void {
  describe(`HttpTransport: ${name}`, () => {
    requestContract(make);
    answerContract(make);
    failureContract(make, abilities);
    connectionContract(make, abilities);
  });
}

function requestContract(make: MakeTransport): void {
  describe("request", () => {
    const { serve, ask } = useTransport(make);

    it("sends the method, path, query, headers and body as given", async () => {
      const server = await serve((request, response) => void echo(request).then((seen) => response.end(seen)));
      const response = expectAnswer(
        await ask(server, {
          url: `http://127.0.0.1:${server.port}/a/b?c=d`,
          method: "POST",
          headers: { "x-token": "t", "content-type": "text/plain" },
          body: "hällo",
        }),
      );
      const seen = JSON.parse(textOf(response));
      expect(seen).toMatchObject({ method: "POST", url: "/a/b?c=d", body: "hällo" });
      expect(seen.headers).toMatchObject({
        "x-token": "t",
        "content-type": "text/plain",
        host: `127.0.0.1:${server.port}`,
      });
    });

    it("asks for identity and names itself when the request does not say otherwise", async () => {
      const server = await serve((request, response) => void echo(request).then((seen) => response.end(seen)));
      const { headers } = JSON.parse(textOf(expectAnswer(await ask(server))));
      expect(headers["accept-encoding"]).toBe("identity");
      expect(headers["user-agent"]).toMatch(/\S/);
    });

    it("leaves the request's own accept-encoding and user agent alone", async () => {
      const server = await serve((request, response) => void echo(request).then((seen) => response.end(seen)));
      const headers = { "accept-encoding": "br", "user-agent": "me" };
      expect(JSON.parse(textOf(expectAnswer(await ask(server, { headers })))).headers).toMatchObject(headers);
    });

    it("refuses a loopback address without connecting unless loopback is allowed", async () => {
      const server = await serve((_request, response) => response.end());
      const failure = expectFailure(await ask(server, { allowLoopback: false }));
      expect(failure.reason).toBe("forbidden_address");
      expect(server.accepted).toBe(0);
    });

    it.each(["169.254.169.254", "0.0.0.0", "224.0.0.1", "[fe80::1]", "[::ffff:169.254.169.254]"])(
      "refuses %s even when loopback is allowed",
      async (host) => {
        const failure = expectFailure(await ask({ port: 80 }, { url: `http://${host}/` }));
        expect(failure.reason).toBe("forbidden_address");
      },
    );
  });
}

function answerContract(make: MakeTransport): void {
  describe("response", () => {
    const { serve, hostile, ask } = useTransport(make);

    it("carries the status code, the body and the headers in lower case, repeated ones joined", async () => {
      const server = await serve((_request, response) => {
        response
          .writeHead(
            418,
            [
              ["X-One", "1"],
              ["x-Two", "a"],
              ["X-two", "b"],
            ].flat(),
          )
          .end("teapot");
      });
      const response = expectAnswer(await ask(server));
      expect(response).toMatchObject({ statusCode: 418, truncated: false, headers: { "x-one": "1", "x-two": "a, b" } });
      expect(textOf(response)).toBe("teapot");
    });

    it("has an empty body when the server sends none", async () => {
      const server = await serve((_request, response) => response.writeHead(204).end());
      const response = expectAnswer(await ask(server));
      expect(response).toMatchObject({ statusCode: 204, truncated: false });
      expect(response.body).toHaveLength(0);
    });

    it("is not a redirect's target but the redirect itself", async () => {
      const server = await serve((_request, response) => response.writeHead(302, { location: "/elsewhere" }).end());
      expect(expectAnswer(await ask(server))).toMatchObject({ statusCode: 302, headers: { location: "/elsewhere" } });
      expect(server.accepted).toBe(1);
    });

    it("keeps a body of exactly the cap whole", async () => {
      const server = await serve((_request, response) => response.end("x".repeat(1_000)));
      const response = expectAnswer(await ask(server, { maxBodyBytes: 1_000 }));
      expect(response).toMatchObject({ truncated: false });
      expect(response.body).toHaveLength(1_000);
    });

    it("is cut off at the cap and marked when the body is longer", async () => {
      const server = await serve((_request, response) => response.end("x".repeat(1_001)));
      const response = expectAnswer(await ask(server, { maxBodyBytes: 1_000 }));
      expect(response).toMatchObject({ truncated: true });
      expect(response.body).toHaveLength(1_000);
    });

    it.each(["endless_body", "gzip_bomb"] as const)("ends at the cap of %s and hangs up", async (mischief) => {
      const server = await hostile(mischief);
      const response = expectAnswer(await ask(server, { maxBodyBytes: 65_536 }));
      expect(response.truncated).toBe(true);
      expect(response.body).toHaveLength(65_536);
      await server.untilIdle();
    });

    it("tells how long the exchange and its phases took, in tenths of a millisecond", async () => {
      const server = await serve((_request, response) => void setTimeout(() => response.end("late"), 30));
      const { durationMs, timings } = expectAnswer(await ask(server));
      expect(durationMs).toBeGreaterThanOrEqual(29);
      expect(timings.firstByteMs).toBeGreaterThanOrEqual(29);
      for (const ms of [durationMs, ...Object.values(timings)]) expect(ms).toBe(Math.round(ms * 10) / 10);
      const inPhases = Object.values(timings).reduce((sum, ms) => sum + ms, 0);
      expect(inPhases).toBeLessThanOrEqual(durationMs + 1);
      expect(Object.keys(timings)).not.toContain("tlsMs");
    });

    it("has no certificate over http", async () => {
      const server = await serve((_request, response) => response.end());
      expect(expectAnswer(await ask(server))).not.toHaveProperty("certificateExpiresAtMs");
    });

    it("is the final one when informational answers come first", async () => {
      const response = expectAnswer(await ask(await hostile("early_hints")));
      expect(response.statusCode).toBe(200);
      expect(textOf(response)).toBe("ok");
    });
  });
}

async function echo(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, url, headers } = request;
  return JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() });
}
