/**
 * The redis check type against a real server and against one that says what the test wants.
 */
import { createServer as createTlsServer } from "node:tls";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { makeSelfSigned } from "../support/certificates.ts";
import { configureProbe, type Settings } from "../support/configured-probe.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { startRaw } from "../support/hostile-server.ts";
import { listen } from "../support/loopback-server.ts";
import { startRedis, type RedisServer } from "../support/redis-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const PASSWORD = "canary-s3cret";

let context: TestContext;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  context = await makeContext();
});
afterAll(() => context.close());
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

function probe(settings: Settings, timeoutMs = WAIT_LIMIT_MS) {
  return configureProbe(CHECK_TYPES.redis, settings)({ ...context, timeoutMs });
}

describe("check type redis on a real server", () => {
  let started: RedisServer | null;
  let server: RedisServer;
  let admin: Redis;

  beforeAll(async () => {
    started = await startRedis();
  });
  afterAll(() => started?.close());
  beforeEach(async ({ skip }) => {
    server = started ?? skip("redis-server is not on the PATH");
    admin = new Redis({ port: server.port, host: "127.0.0.1", lazyConnect: true });
    await admin.connect();
  });
  afterEach(() => admin?.disconnect());

  it("is healthy, with the fields of the seed as they were", async () => {
    expect(await probe({ host: server.host })).toEqual({
      status: "healthy",
      reason: null,
      message: null,
      responseTimeMs: expect.any(Number),
      statusCode: null,
      details: {
        fields: {
          connected_clients: expect.any(Number),
          used_memory_human: expect.stringMatching(/^[\d.]+[BKMG]$/),
          uptime_in_seconds: expect.any(Number),
        },
        data: expect.objectContaining({ role: "master", last_save: "ok", used_memory_bytes: expect.any(Number) }),
      },
      memory: expect.anything(),
    });
  });

  it("leaves no client behind after a thousand checks of every outcome", async () => {
    const clients = async () => Number(/connected_clients:(\d+)/.exec(await admin.info("clients"))?.[1]);
    const before = await clients();
    const settings = [{}, { db: 16 }, { password: PASSWORD }, { username: "nobody", password: PASSWORD }, { db: 1 }];
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        Array.from({ length: 100 }, (_, n) => probe({ host: server.host, ...settings[n % settings.length] })),
      );
    }
    await admin.call("CLIENT", "PAUSE", "2000", "ALL");
    const late = await Promise.all(Array.from({ length: 20 }, () => probe({ host: server.host }, 600)));
    expect(new Set(late.map(({ reason }) => reason))).toEqual(new Set(["deadline_response"]));
    await expect.poll(clients).toBe(before);
  });

  it("is refused while the server restarts, and healthy when it is back", async () => {
    const first = (await startRedis()) ?? expect.unreachable("it was there a moment ago");
    expect(await probe({ host: first.host })).toMatchObject({ status: "healthy" });
    await first.close();
    expect(await probe({ host: first.host })).toMatchObject({ status: "error", reason: "refused" });
    const second = (await startRedis({ port: first.port })) ?? expect.unreachable("it was there a moment ago");
    const again = await probe({ host: first.host });
    await second.close();
    expect(again).toMatchObject({ status: "healthy" });
  });

  it("selects the database it is told to", async () => {
    expect(await probe({ host: server.host, db: 15 })).toMatchObject({ status: "healthy" });
  });

  it("calls a database that does not exist a fault of the configuration", async () => {
    const observation = await probe({ host: server.host, db: 16 });
    expect(observation).toMatchObject({ status: "unhealthy", reason: "config", message: "Redis: no such database" });
  });

  it("calls a password that the server does not want a fault of the configuration", async () => {
    const observation = await probe({ host: server.host, password: PASSWORD });
    expect(observation).toMatchObject({
      status: "unhealthy",
      reason: "config",
      message: "Redis: it has no password",
    });
    expect(JSON.stringify(observation)).not.toContain(PASSWORD);
  });

  describe("with a password", () => {
    beforeEach(() => admin.config("SET", "requirepass", PASSWORD));
    afterEach(() => admin.config("SET", "requirepass", ""));

    it("is healthy when the password is right", async () => {
      expect(await probe({ host: server.host, password: PASSWORD })).toMatchObject({ status: "healthy" });
    });

    it.each([
      ["none is given", {}, "Redis: a password is required"],
      ["it is wrong", { password: `${PASSWORD}x` }, "Redis: wrong user name or password"],
      ["the user is unknown", { username: "nobody", password: PASSWORD }, "Redis: wrong user name or password"],
    ])("says so when %s, and does not repeat it", async (_when, settings, message) => {
      const observation = await probe({ host: server.host, ...settings });
      expect(observation).toMatchObject({ status: "unhealthy", reason: "auth", message });
      expect(JSON.stringify(observation)).not.toContain(PASSWORD);
    });
  });

  it("is healthy without fields for a user who may not see INFO", async () => {
    await admin.call("ACL", "SETUSER", "pinger", "on", `>${PASSWORD}`, "+ping");
    const observation = await probe({ host: server.host, username: "pinger", password: PASSWORD });
    expect(observation).toMatchObject({ status: "healthy", details: { fields: { note: "INFO is not available" } } });
  });

  it("is unhealthy for a user who may not PING", async () => {
    await admin.call("ACL", "SETUSER", "nopinger", "on", `>${PASSWORD}`, "+info");
    const observation = await probe({ host: server.host, username: "nopinger", password: PASSWORD });
    expect(observation).toMatchObject({
      status: "unhealthy",
      reason: "auth",
      message: "Redis: the user may not do this",
    });
  });

  it("waits for a paused server and measures the wait", async () => {
    await admin.call("CLIENT", "PAUSE", "200", "ALL");
    const observation = await probe({ host: server.host });
    expect(observation.status).toBe("healthy");
    expect(observation.responseTimeMs).toBeGreaterThan(100);
  });

  it("times out on a server that sleeps", async () => {
    const sleep = admin.call("DEBUG", "SLEEP", "2");
    const observation = await probe({ host: server.host }, 600);
    expect(observation).toMatchObject({
      status: "timeout",
      reason: "deadline_response",
      message: "Request timed out",
    });
    await sleep;
  });

  it("times out on a frozen server", async () => {
    server.signal("SIGSTOP");
    try {
      const observation = await probe({ host: server.host }, 600);
      expect(observation).toMatchObject({ status: "timeout", reason: "deadline_response" });
    } finally {
      server.signal("SIGCONT");
    }
  });

  it("is refused by a server without room for another client", async () => {
    await admin.config("SET", "maxclients", "1");
    const observation = await probe({ host: server.host });
    await admin.config("SET", "maxclients", "100");
    expect(observation).toMatchObject({
      status: "error",
      reason: "refused",
      message: "Redis: max number of clients reached",
    });
  });
});

describe("check type redis on a server that answers as told", () => {
  /** Answers the commands of a probe one after the other; the last answer to all that follow. */
  async function answering(...responses: string[]): Promise<string> {
    const server = await startRaw((socket) => {
      const left = [...responses];
      socket.on("data", () => socket.write((left.length > 1 ? left.shift() : left[0]) ?? ""));
    });
    open.push(server);
    return `127.0.0.1:${server.port}`;
  }

  it.each([
    ["-LOADING Redis is loading the dataset in memory", "degraded", "starting", "Redis: loading its data"],
    ["-MASTERDOWN Link with MASTER is down", "unhealthy", "assertion", "Redis: the link with its master is down"],
    ["-BUSY Redis is busy running a script", "unhealthy", "assertion", "Redis: busy running a script"],
    ["-ERR operation not permitted", "unhealthy", "assertion", "Redis: answered with an error"],
    ["+HELLO", "unhealthy", "protocol", "The answer is not Redis"],
    ["*-1", "unhealthy", "protocol", "The answer is not Redis"],
    ["HTTP/1.1 400 Bad Request", "unhealthy", "protocol", "The answer is not Redis"],
  ])("judges PING answered with %s", async (response, ...expected) => {
    const host = await answering(`${response}\r\n`);
    const { status, reason, message } = await probe({ host });
    expect([status, reason, message]).toEqual(expected);
  });

  it("is starting while INFO says that the data are being loaded", async () => {
    const host = await answering("+PONG\r\n", bulk("# Persistence\r\nloading:1\r\n"));
    expect(await probe({ host })).toMatchObject({ status: "degraded", reason: "starting" });
  });

  it("takes from INFO only what it knows, cleaned and cut", async () => {
    const info = `connected_clients:many\r\nused_memory_human:${"9".repeat(500)}\u0000\r\nuptime_in_seconds:7\r\nother:x\r\n`;
    const host = await answering("+PONG\r\n", bulk(info));
    const { status, details } = await probe({ host });
    expect({ status, details }).toEqual({
      status: "healthy",
      details: { fields: { used_memory_human: `${"9".repeat(31)}…`, uptime_in_seconds: 7 }, data: expect.anything() },
    });
  });

  it("is healthy without fields when INFO is not an INFO", async () => {
    const host = await answering("+PONG\r\n", ":1\r\n");
    expect(await probe({ host })).toMatchObject({
      status: "healthy",
      details: { fields: { note: "INFO is not available" } },
    });
  });

  it("does not repeat a password that an old server quotes", async () => {
    const host = await answering(`-ERR unknown command 'AUTH', with args beginning with: '${PASSWORD}'\r\n`);
    const observation = await probe({ host, password: PASSWORD });
    expect(observation).toMatchObject({ status: "unhealthy", reason: "assertion" });
    expect(JSON.stringify(observation)).not.toContain(PASSWORD);
  });

  it("times out when INFO never comes, although PING was answered", async () => {
    const host = await answering("+PONG\r\n", "");
    expect(await probe({ host }, 600)).toMatchObject({ status: "timeout", reason: "deadline_response" });
  });

  it.each(["+PONG\r\n", ":1\r\n", "-ERR no\r\n", "$5\r\nhello\r\n", "*0\r\n"])(
    "breaks off at the first reply that nobody asked for: %j again and again",
    async (reply) => {
      const server = await startRaw((socket) => socket.once("data", () => socket.write(reply.repeat(5_000))));
      open.push(server);
      const observation = await probe({ host: `127.0.0.1:${server.port}` });
      expect(observation).toMatchObject({
        status: "unhealthy",
        reason: "protocol",
        message: "The answer is not Redis",
      });
      await server.untilIdle();
    },
  );

  it("breaks off an answer without end", async () => {
    const server = await startRaw((socket) => {
      const pump = (): void => {
        while (!socket.destroyed && socket.write("x".repeat(65_536))) continue;
      };
      socket.once("data", () => {
        socket.write("$1000000000\r\n");
        socket.on("drain", pump);
        pump();
      });
    });
    open.push(server);
    const observation = await probe({ host: `127.0.0.1:${server.port}` });
    expect(observation).toMatchObject({ status: "unhealthy", reason: "protocol" });
    await server.untilIdle();
  });

  it("times out before it is connected when nobody answers the TLS handshake", async () => {
    const server = await startRaw((socket) => socket.resume());
    open.push(server);
    const observation = await probe({ host: `127.0.0.1:${server.port}`, tls: true }, 200);
    expect(observation).toMatchObject({ status: "timeout", reason: "deadline_connect", message: "Request timed out" });
  });

  it("does not trust any certificate", async () => {
    const dayMs = 86_400_000;
    const now = Date.now();
    const certificate = makeSelfSigned({ hosts: ["127.0.0.1"], validFromMs: now - dayMs, validToMs: now + dayMs });
    const server = await listen(createTlsServer(certificate));
    open.push(server);
    const observation = await probe({ host: `127.0.0.1:${server.port}`, tls: true, password: PASSWORD });
    expect(observation).toMatchObject({ status: "error", reason: "tls", message: "Certificate is self-signed" });
  });
});

function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}
