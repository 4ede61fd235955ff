/**
 * How much a probe takes from a server that sends without end: a number, unlike the memory of a process.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { configureProbe, type Settings } from "../support/configured-probe.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { startHostile, startRaw, type MischiefName } from "../support/hostile-server.ts";
import type { LoopbackServer } from "../support/loopback-server.ts";

const KIB = 1_024;
/** What one read of a socket brings at most. */
const READ = 64 * KIB;
const BODY_CAP = 64 * KIB;
/** Where reading ends that never gets as far as a body: the cap itself, and the reads before and after it. */
const WIRE_CAP = 8 * BODY_CAP + 64 * KIB + 5 * READ;

let context: TestContext;
let server: LoopbackServer | null = null;
let sockets: Socket[] = [];

function remember(message: unknown): void {
  // The channel of node:net hands out what it documents: { socket }.
  sockets.push((message as { socket: Socket }).socket);
}

beforeAll(async () => {
  context = await makeContext();
});
afterAll(() => context.close());
beforeEach(() => {
  sockets = [];
  subscribe("net.client.socket", remember);
});
afterEach(async () => {
  unsubscribe("net.client.socket", remember);
  await server?.close();
});

async function bytesRead(type: keyof typeof CHECK_TYPES, settings: Settings): Promise<number> {
  // Far longer than any of this takes: no deadline helps.
  const observation = await configureProbe(CHECK_TYPES[type], settings)({ ...context, timeoutMs: 20_000 });
  expect(observation.status).not.toBe("timeout");
  expect(observation.reason === null).toBe(observation.status === "healthy");
  return sockets.reduce((sum, socket) => sum + socket.bytesRead, 0);
}

describe("a redis probe", () => {
  it("of endless replies reads no more than had come by the first that nobody asked for", async () => {
    server = await startHostile("endless_replies");
    const read = await bytesRead("redis", { host: `127.0.0.1:${server.port}` });
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThanOrEqual(2 * READ);
  });
});

describe("an http probe", () => {
  const header = 16 * KIB;
  const bounds: Partial<Record<MischiefName, number>> = {
    ten_gigabytes: BODY_CAP + 2 * READ,
    endless_body: BODY_CAP + 2 * READ,
    // Deflate makes a thousand of one; what is waiting to be decoded comes on top.
    gzip_bomb: 4 * READ,
    // Twice the cap and an allowance, and what is waiting to be decoded.
    empty_blocks: 3 * BODY_CAP + 4 * READ,
    many_headers: header + 2 * READ,
    one_huge_header: header + 2 * READ,
    endless_chunk_extension: WIRE_CAP,
    endless_hints: WIRE_CAP,
    endless_blank_lines: WIRE_CAP,
  };

  it.each(Object.entries(bounds))("of %s reads at most %i bytes", async (mischief, most) => {
    server = await startHostile(mischief as MischiefName);
    const read = await bytesRead("http", { url: `http://127.0.0.1:${server.port}/`, keyword: "needle" });
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThanOrEqual(most);
  });

  it("of a large body that comes byte by byte reads all of it", async () => {
    const body = "001\r\na\r\n".repeat(BODY_CAP);
    server = await startRaw((socket) => {
      socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body}0\r\n\r\n`));
    });
    const url = `http://127.0.0.1:${server.port}/`;
    expect(await bytesRead("http", { url, keyword: "a".repeat(BODY_CAP) })).toBeGreaterThan(body.length);
  });

  it("of endless redirects with endless bodies reads as much of each of the four answers", async () => {
    server = await startHostile("endless_redirect");
    const url = `http://127.0.0.1:${server.port}/`;
    expect(await bytesRead("http", { url, follow_redirects: true })).toBeLessThanOrEqual(4 * (BODY_CAP + 2 * READ));
    expect(server.accepted).toBe(4);
  });
});

describe("a redis probe", () => {
  it.each([
    ["a bulk string of a gigabyte", "$1000000000\r\n", "x"],
    ["an error without end", "-ERR ", "x"],
    ["answers without end", "", "+PONG\r\n"],
    ["an array that holds arrays without end", "", "*1\r\n"],
  ])("of %s reads at most a quarter of a MiB and what one read brings", async (_what, start, text) => {
    const chunk = text.repeat(10_000);
    server = await startRaw((socket) => {
      const pump = (): void => {
        while (!socket.destroyed && socket.write(chunk)) continue;
      };
      socket.once("data", () => {
        socket.on("drain", pump).write(start);
        pump();
      });
    });
    expect(await bytesRead("redis", { host: `127.0.0.1:${server.port}` })).toBeLessThanOrEqual(256 * KIB + READ);
  });
});
