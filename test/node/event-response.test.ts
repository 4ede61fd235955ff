import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beginEvents, respondWithEvents } from "../../shared/node/event-response.ts";
import type { EventStream } from "../../shared/ports/event-stream.ts";
import { listen, type LoopbackServer } from "../support/loopback-server.ts";

/** More than the kernel takes for a client that reads nothing. */
const HUGE = new Uint8Array(32 << 20);
const MORE = new TextEncoder().encode("more");

/** Says two pieces and ends; counts how often it was asked. */
function twoPieces(first: Uint8Array<ArrayBuffer>) {
  const pieces = [first, MORE];
  let asked = 0;
  return {
    get asked() {
      return asked;
    },
    next: async () => pieces[(asked += 1) - 1] ?? null,
    end() {},
  };
}

describe("a stream of events of Node", () => {
  let server: LoopbackServer;
  let stream: EventStream;
  /** What is still looked at before the answer begins. */
  let admitted: (outgoing: ServerResponse) => Promise<unknown>;
  beforeEach(async () => {
    admitted = async () => {};
    const begin = async (outgoing: ServerResponse): Promise<void> => {
      await admitted(outgoing);
      beginEvents(respondWithEvents(stream, { "content-type": "text/event-stream" }), outgoing);
    };
    const answering = createServer((_request, outgoing) => void begin(outgoing));
    server = await listen(answering);
  });
  afterEach(() => server.close());

  async function ask(): Promise<Socket> {
    const socket = connect({ port: server.port, host: "127.0.0.1" });
    await once(socket, "connect");
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    return socket;
  }

  it("has its head, its pieces and its end", async () => {
    stream = twoPieces(MORE);
    const text = (await (await ask()).toArray()).join("");
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: text\/event-stream\r\n/);
    expect(text).toMatch(/\r\n\r\n4\r\nmore\r\n4\r\nmore\r\n0\r\n\r\n$/);
  });

  it("is sent its head before there is anything to say", async () => {
    stream = { next: () => new Promise(() => {}), end() {} };
    const [head] = await once(await ask(), "data");
    expect(String(head)).toContain("text/event-stream");
  });

  it("makes nothing more while its client takes nothing, and goes on when it does", async () => {
    const pieces = twoPieces(HUGE);
    stream = pieces;
    const socket = await ask();
    await once(socket, "readable"); // what has come is read by nobody
    stream = twoPieces(MORE);
    await (await ask()).toArray(); // of somebody else, all of it
    expect(pieces.asked).toBe(1);
    socket.resume();
    await once(socket, "end");
    expect(pieces.asked).toBe(3);
  });

  it.each([
    ["that waits for what comes", () => ({ next: () => new Promise<null>(() => {}) })],
    ["that takes nothing", () => ({ next: async () => HUGE })],
  ])("is told that a client has gone %s", async (_which, makeStream) => {
    const gone = new Promise<string>((resolve) => (stream = { ...makeStream(), end: () => resolve("told") }));
    const socket = await ask();
    await once(socket, "readable");
    socket.destroy();
    expect(await gone).toBe("told");
  });

  it("is told of a client that has gone before its answer began", async () => {
    admitted = (outgoing) => once(outgoing, "close");
    const gone = new Promise<string>((resolve) => (stream = { ...twoPieces(MORE), end: () => resolve("told") }));
    const socket = await ask();
    socket.destroy();
    expect(await gone).toBe("told");
  });

  it("leaves every other answer to who asked", async () => {
    const other = new Response("other");
    expect(beginEvents(other, {} as never)).toBe(other);
  });
});
