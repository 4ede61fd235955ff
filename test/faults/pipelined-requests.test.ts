/**
 * A client that asks far ahead and takes nothing, or little by little.
 * Judged by what the service holds, and by what it has begun, never by a clock.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startHttpServer } from "../../shared/node/http-server.ts";
import { pipelinesOf } from "../../shared/node/pipelines.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { check, T0 } from "../support/checks.ts";
import { answersTo, request } from "../support/raw-http.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sqliteTestDatabase, type TestDatabase } from "../support/sqlite-database.ts";
import { commitSweeps } from "../support/stored-sweeps.ts";
import { startTarget, type TargetServer } from "../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const MANY = 1_200;
const GROWTH_LIMIT_BYTES = 20_000_000;
/** More than the kernel takes for a peer that reads nothing. */
const HUGE = new Uint8Array(32_000_000);

const POLL = { timeout: WAIT_LIMIT_MS };

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const post = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

async function sendAhead(port: number, text: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  await once(socket, "connect");
  socket.on("error", () => {}); // it may be cut
  socket.write(text);
  return socket;
}

describe("Requests that a client sends ahead", () => {
  let asked: string[];
  let server: Awaited<ReturnType<typeof startHttpServer>>;
  let port: number;

  beforeAll(async () => {
    server = await startHttpServer({
      port: 0,
      hostname: "127.0.0.1",
      log: { write() {} },
      headers: {},
      monitor: {
        connectionLimits: () => ({ maxConnections: 20, maxConnectionsPerAddress: 20, trustedProxies: [] }),
        drain() {},
        async fetch({ url, method, body }) {
          const { pathname } = new URL(url);
          asked.push(pathname);
          const text = method === "POST" ? await new Response(body).text() : pathname;
          return new Response(pathname === "/huge" ? HUGE : text);
        },
        peek: ({ url }) => {
          if (url !== "/cluster_health") return null;
          asked.push("/cluster_health");
          return { status: 200, headers: { "content-length": String(HUGE.length) }, body: HUGE };
        },
      },
    });
    port = Number(new URL(server.url).port);
  });
  afterAll(() => server.stop());

  it("are answered in turn with those of other connections", async () => {
    asked = [];
    const last = "GET /small HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    const ahead = answersTo(port, get("/small").repeat(MANY) + last);
    await Promise.all([ahead, request(port, "/neighbour")]);
    expect(asked).toHaveLength(MANY + 2);
    expect(asked.indexOf("/neighbour")).toBeLessThan(MANY / 2);
  });

  const untaken = [
    ["reads", get("/huge").repeat(MANY), "/huge"],
    ["polls of the short cut", get("/cluster_health").repeat(MANY), "/cluster_health"],
    ["polls of the short cut behind another answer", get("/huge") + get("/cluster_health").repeat(MANY), "/huge"],
    ["writes with bodies", get("/huge") + post("/echo", "x".repeat(100)).repeat(MANY), "/huge"],
  ] as const;
  for (const [what, text, first] of untaken) {
    it(`begins nothing more of ${what} while the first answer is not taken`, async () => {
      asked = [];
      const socket = await sendAhead(port, text);
      for (let index = 0; index < 20; index += 1) await request(port, "/neighbour");
      expect(asked.filter((path) => path !== "/neighbour")).toEqual([first]);
      socket.destroy();
    });
  }

  it("answers all of them in their order to a client that reads", async () => {
    asked = [];
    const bodies = Array.from({ length: MANY }, (_, index) => `/${index}`);
    const texts = bodies.map((body, index) => (index % 3 === 0 ? post("/echo", body) : get(body)));
    const answers = await answersTo(
      port,
      `${texts.join("")}GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    expect(answers.map(({ body }) => body)).toEqual([...bodies, "/last"]);
  });

  it("reads on after more requests than one read holds", async () => {
    asked = [];
    const texts = Array.from({ length: 4_500 }, (_, index) => get(`/${index}`));
    const answers = await answersTo(
      port,
      `${texts.join("")}GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    expect(answers).toHaveLength(4_501);
  });

  it("cost the answer that is unread for longest when those of all connections are too large together", async () => {
    asked = [];
    const huge = "GET /huge HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    const idle = await sendAhead(port, huge);
    await expect.poll(() => asked, POLL).toEqual(["/huge"]);
    const [answer] = await answersTo(port, huge);
    expect(answer?.body).toHaveLength(HUGE.length);
    let bytes = 0;
    idle.on("data", (chunk: Buffer) => (bytes += chunk.length));
    await once(idle, "close");
    expect(bytes).toBeLessThan(HUGE.length);
  });

  it("are too many when thousands wait on all connections, which costs connections", async () => {
    const unlimited = createServer();
    unlimited.on(
      "request",
      pipelinesOf(unlimited).inTurn(() => {}),
    ); // never answers
    unlimited.listen(0, "127.0.0.1");
    await once(unlimited, "listening");
    const { port: itsPort } = unlimited.address() as AddressInfo; // of a TCP server
    const sockets = await Promise.all(Array.from({ length: 4 }, () => sendAhead(itsPort, get("/").repeat(1_700))));
    await expect
      .poll(() => {
        // Who reads nothing hears of a closed connection only when it writes.
        for (const socket of sockets) socket.write("\r\n");
        return sockets.some(({ destroyed }) => destroyed);
      }, POLL)
      .toBe(true);
    for (const socket of sockets) socket.destroy();
    unlimited.close();
  });
});

describe("The memory of the service", () => {
  let database: TestDatabase;
  let target: TargetServer;
  let service: ServiceProcess;

  beforeAll(async () => {
    database = sqliteTestDatabase();
    const sweeps = Array.from({ length: 1_000 }, (_, index) => [
      check("a", T0 + index * 1_000, { details: { data: { text: "x".repeat(1_500) } } }),
    ]);
    await commitSweeps(createD1Store(database.db), sweeps, (index) => T0 + index * 1_000);
    target = await startTarget();
    const config = JSON.stringify({ services: { a: { url: target.url } } });
    service = await startService({ config, env: { MONITORING_DB: database.path } });
  });
  afterAll(async () => {
    await service.stop();
    await target.close();
    database.close();
  });

  const residentBytes = (): number =>
    Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${service.pid}/status`, "utf8"))?.[1]) * 1_024;

  it(`grows by 20 MB at most when ${MANY} pages of history are not taken`, async () => {
    const page = "/history?limit=1000";
    const ask = (): Promise<unknown> => request(service.port, page);
    // Two at once, as there are later.
    let before = 0;
    for (let index = 0; index < 20; index += 1) {
      await Promise.all([ask(), ask()]);
      before = Math.max(before, residentBytes());
    }
    const socket = await sendAhead(service.port, get(page).repeat(MANY));
    // Long answers are made in the order in which they were asked for: these come behind all that have been begun.
    for (let index = 0; index < 10; index += 1) await ask();
    expect(residentBytes() - before).toBeLessThanOrEqual(GROWTH_LIMIT_BYTES);
    socket.destroy();
  });
});
