/**
 * The fuzzer's raw bytes at a service that has not answered yet when the connection is half closed.
 */
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { exchangeRaw } from "../../../scripts/fuzz/connection.ts";
import { listen, type LoopbackServer } from "../../support/loopback-server.ts";

const REQUEST = Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
const ANSWER = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

describe("raw bytes", () => {
  let server: LoopbackServer | null = null;

  afterEach(() => server?.close());

  /** What it hears after the half close it takes for a client that left; so many of its connections go that way. */
  async function startBusy(tooLate: number): Promise<LoopbackServer> {
    let connections = 0;
    server = await listen(
      createServer((socket) => {
        connections += 1;
        const isLate = connections <= tooLate;
        socket.on("data", () => !isLate && socket.end(ANSWER));
      }),
    );
    return server;
  }

  it("are sent again, with more patience, to a service that left with us", async () => {
    const { port } = await startBusy(1);
    const { answers, fault } = await exchangeRaw({ host: "127.0.0.1", port }, REQUEST);
    expect(answers.map(({ status }) => status)).toEqual([200]);
    expect(fault).toBeNull();
    expect(server?.accepted).toBe(2);
  });

  it("are sent once to a service that answers, or that hangs up by itself", async () => {
    const { port } = await startBusy(0);
    await exchangeRaw({ host: "127.0.0.1", port }, REQUEST);
    expect(server?.accepted).toBe(1);
    await server?.close();
    server = await listen(createServer((socket) => socket.on("data", () => socket.destroy())));
    const { answers } = await exchangeRaw({ host: "127.0.0.1", port: server.port }, REQUEST);
    expect(answers).toEqual([]);
    expect(server.accepted).toBe(1);
  });
});
