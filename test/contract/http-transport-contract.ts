/**
 * What every implementation of the port `http-transport` must do, one test per sentence of the port.
 * Runs against servers on loopback, well-behaved and hostile; nothing is mocked.
 */
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HttpAnswer, HttpExchangeRequest, HttpFailure, HttpTransport } from "../../shared/ports/http-transport.ts";
import { onRequest, startHostile, startRaw, type MischiefName } from "../support/hostile-server.ts";
import { closedPort, listen, type LoopbackServer } from "../support/loopback-server.ts";

export interface TransportFixture {
  readonly transport: HttpTransport;
  close(): Promise<void>;
}

/** What the port allows beyond the deadline, and what a busy machine may add to it. */
const OVERRUN_MS = 100 + 100;

const CANARY = "canary-s3cret";

export function httpTransportContract(name: string, make: () => TransportFixture): void {
  describe(`HttpTransport: ${name}`, () => {
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
    const serve = (listener: RequestListener) => track(listen(createServer(listener)));
    const hostile = (mischief: MischiefName) => track(startHostile(mischief));
    const ask = ({ port }: Pick<LoopbackServer, "port">, request: Partial<HttpExchangeRequest> = {}) =>
      fixture.transport.exchange({ ...REQUEST, url: `http://127.0.0.1:${port}/`, ...request });

    describe("request", () => {
      it("sends the method, path, query, headers and body as given", async () => {
        const server = await serve((request, response) => void echo(request).then((seen) => response.end(seen)));
        const answer = expectAnswer(
          await ask(server, {
            url: `http://127.0.0.1:${server.port}/a/b?c=d`,
            method: "POST",
            headers: { "x-token": "t", "content-type": "text/plain" },
            body: "hällo",
          }),
        );
        const seen = JSON.parse(textOf(answer));
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

    describe("answer", () => {
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
        const answer = expectAnswer(await ask(server));
        expect(answer).toMatchObject({ statusCode: 418, truncated: false, headers: { "x-one": "1", "x-two": "a, b" } });
        expect(textOf(answer)).toBe("teapot");
      });

      it("has an empty body when the server sends none", async () => {
        const server = await serve((_request, response) => response.writeHead(204).end());
        const answer = expectAnswer(await ask(server));
        expect(answer).toMatchObject({ statusCode: 204, truncated: false });
        expect(answer.body).toHaveLength(0);
      });

      it("is not a redirect's target but the redirect itself", async () => {
        const server = await serve((_request, response) => response.writeHead(302, { location: "/elsewhere" }).end());
        expect(expectAnswer(await ask(server))).toMatchObject({ statusCode: 302, headers: { location: "/elsewhere" } });
        expect(server.accepted).toBe(1);
      });

      it("keeps a body of exactly the cap whole", async () => {
        const server = await serve((_request, response) => response.end("x".repeat(1_000)));
        const answer = expectAnswer(await ask(server, { maxBodyBytes: 1_000 }));
        expect(answer).toMatchObject({ truncated: false });
        expect(answer.body).toHaveLength(1_000);
      });

      it("is cut off at the cap and marked when the body is longer", async () => {
        const server = await serve((_request, response) => response.end("x".repeat(1_001)));
        const answer = expectAnswer(await ask(server, { maxBodyBytes: 1_000 }));
        expect(answer).toMatchObject({ truncated: true });
        expect(answer.body).toHaveLength(1_000);
      });

      it.each(["endless_body", "gzip_bomb"] as const)("ends at the cap of %s and hangs up", async (mischief) => {
        const server = await hostile(mischief);
        const answer = expectAnswer(await ask(server, { maxBodyBytes: 65_536 }));
        expect(answer.truncated).toBe(true);
        expect(answer.body).toHaveLength(65_536);
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
        const answer = expectAnswer(await ask(await hostile("early_hints")));
        expect(answer.statusCode).toBe(200);
        expect(textOf(answer)).toBe("ok");
      });
    });

    describe("failure", () => {
      it.each([
        ["reset_at_once", "reset"],
        ["reset", "reset"],
        ["reset_in_body", "reset"],
        ["fin", "reset"],
        ["short_body", "reset"],
        ["cut_off_chunks", "reset"],
        ["cut_off_last_chunks", "reset"],
        ["two_lengths", "protocol"],
        ["not_http", "protocol"],
        ["ssh_banner", "protocol"],
        ["unasked_upgrade", "protocol"],
        ["many_headers", "protocol"],
        ["one_huge_header", "protocol"],
        ["chained_encodings", "bad_body"],
        ["unknown_encoding", "bad_body"],
        ["broken_gzip", "bad_body"],
      ] as const)("after %s has the reason %s", async (mischief, reason) => {
        const server = await hostile(mischief);
        expect(expectFailure(await ask(server)).reason).toBe(reason);
        await server.untilIdle();
      });

      it("has the reason refused when nothing listens", async () => {
        const failure = expectFailure(await ask({ port: await closedPort() }));
        expect(failure).toMatchObject({ reason: "refused", message: "Connection refused" });
      });

      it.each(["silent", "slow_headers", "dripping_body"] as const)(
        "comes when the deadline passes, for %s",
        async (mischief) => {
          const server = await hostile(mischief);
          const timeoutMs = 250;
          const startedMs = performance.now();
          const failure = expectFailure(await ask(server, { timeoutMs }));
          const tookMs = performance.now() - startedMs;
          expect(failure).toMatchObject({ reason: "deadline_response", message: "Request timed out" });
          expect(tookMs).toBeGreaterThanOrEqual(timeoutMs - 5);
          expect(tookMs).toBeLessThan(timeoutMs + OVERRUN_MS);
          expect(failure.durationMs).toBeGreaterThanOrEqual(timeoutMs - 5);
          await server.untilIdle();
        },
      );

      it("tells how far the exchange came before the deadline", async () => {
        const { timings } = expectFailure(await ask(await hostile("dripping_body"), { timeoutMs: 200 }));
        expect(timings.bodyMs).toBeGreaterThan(100);
      });

      it.each(["reset", "not_http", "silent", "short_body"] as const)(
        "says nothing of the query or the headers, for %s",
        async (mischief) => {
          const { port } = await hostile(mischief);
          const failure = expectFailure(
            await ask(
              { port },
              {
                url: `http://127.0.0.1:${port}/?token=${CANARY}`,
                headers: { authorization: CANARY },
                timeoutMs: 200,
              },
            ),
          );
          expect(JSON.stringify(failure)).not.toContain(CANARY);
        },
      );

      it("is a value, not a rejection, even for a URL that cannot be asked", async () => {
        const outcome = await ask({ port: 80 }, { url: "gopher://127.0.0.1/" });
        expect(expectFailure(outcome).reason).toBe("internal");
      });

      it("is a value, not a rejection, even for a header that cannot be sent", async () => {
        const server = await serve((_request, response) => response.end());
        const outcome = await ask(server, { headers: { "x-bad": "line\r\nbreak" } });
        expect(expectFailure(outcome).reason).toBe("internal");
      });
    });

    describe("connection", () => {
      it("is opened and closed by each fresh exchange", async () => {
        const server = await serve((_request, response) => response.end("ok"));
        for (let round = 0; round < 3; round += 1) expectAnswer(await ask(server, { connection: "fresh" }));
        expect(server.accepted).toBe(3);
        await server.untilIdle();
      });

      it("of a pooled exchange is used by the next one", async () => {
        const server = await serve((_request, response) => response.end("ok"));
        for (let round = 0; round < 3; round += 1) {
          expectAnswer(await ask(server, { connection: "pooled" }));
        }
        expect(server.accepted).toBe(1);
      });

      it("of a pooled exchange is never used by a fresh one", async () => {
        const server = await serve((_request, response) => response.end("ok"));
        expectAnswer(await ask(server, { connection: "pooled" }));
        expectAnswer(await ask(server, { connection: "fresh" }));
        expect(server.accepted).toBe(2);
      });

      it("is closed when a pooled answer was not read to its end", async () => {
        const server = await hostile("endless_body");
        expectAnswer(await ask(server, { connection: "pooled", maxBodyBytes: 10 }));
        await server.untilIdle();
      });

      it("that breaks when it is reused is replaced by a fresh one before that counts", async () => {
        let exchanges = 0;
        const server = await track(
          startRaw((socket) => {
            socket.on("data", () => {
              exchanges += 1;
              if (exchanges === 2) socket.resetAndDestroy();
              else socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
            });
          }),
        );
        expectAnswer(await ask(server, { connection: "pooled" }));
        expectAnswer(await ask(server, { connection: "pooled" }));
        expect({ exchanges, accepted: server.accepted }).toEqual({ exchanges: 3, accepted: 2 });
      });

      it("counts when the fresh one that replaces it breaks as well", async () => {
        let exchanges = 0;
        const server = await track(
          startRaw((socket) => {
            socket.on("data", () => {
              exchanges += 1;
              if (exchanges >= 2) socket.resetAndDestroy();
              else socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
            });
          }),
        );
        expectAnswer(await ask(server, { connection: "pooled" }));
        expect(expectFailure(await ask(server, { connection: "pooled" })).reason).toBe("reset");
        expect(exchanges).toBe(3);
      });

      it("that falls silent when it is reused counts as a timeout within the same deadline", async () => {
        let exchanges = 0;
        const server = await track(
          startRaw((socket) => {
            socket.on("data", () => {
              exchanges += 1;
              if (exchanges === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
            });
          }),
        );
        expectAnswer(await ask(server, { connection: "pooled" }));
        const startedMs = performance.now();
        expect(expectFailure(await ask(server, { connection: "pooled", timeoutMs: 200 })).reason).toBe(
          "deadline_response",
        );
        expect(performance.now() - startedMs).toBeLessThan(200 + OVERRUN_MS);
      });
    });

    it("runs exchanges side by side, so that a silent server delays nobody", async () => {
      const silent = await hostile("silent");
      const server = await serve((_request, response) => response.end("ok"));
      const slow = Array.from({ length: 20 }, () => ask(silent, { timeoutMs: 400 }));
      const startedMs = performance.now();
      await Promise.all(Array.from({ length: 20 }, async () => expectAnswer(await ask(server))));
      expect(performance.now() - startedMs).toBeLessThan(300);
      for (const outcome of await Promise.all(slow)) expect(expectFailure(outcome).reason).toBe("deadline_response");
    });

    it("answers a request with a body on a fresh connection like any other", async () => {
      const server = await track(
        startRaw(onRequest((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"))),
      );
      expect(textOf(expectAnswer(await ask(server, { method: "PUT", body: "x" })))).toBe("ok");
    });
  });
}

const REQUEST: Omit<HttpExchangeRequest, "url"> = {
  method: "GET",
  headers: {},
  body: null,
  timeoutMs: 5_000,
  maxBodyBytes: 65_536,
  connection: "fresh",
  allowLoopback: true,
};

function expectAnswer(outcome: HttpAnswer | HttpFailure): HttpAnswer {
  if (outcome.kind === "failure") throw new Error(`expected an answer, got ${outcome.reason}: ${outcome.message}`);
  return outcome;
}

function expectFailure(outcome: HttpAnswer | HttpFailure): HttpFailure {
  if (outcome.kind === "answer") throw new Error(`expected a failure, got HTTP ${outcome.statusCode}`);
  return outcome;
}

function textOf({ body }: HttpAnswer): string {
  return new TextDecoder().decode(body);
}

async function echo(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, url, headers } = request;
  return JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() });
}
