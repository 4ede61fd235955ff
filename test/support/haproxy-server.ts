/**
 * A real HAProxy for tests, on loopback: the proxies that a test writes as a user would, a page of statistics, and its admin socket, by
 * which servers are taken out and which tells every field by its name.
 * Invariant: it is gone after `close`, every one that a reload has started among them.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDaemon, type Daemon } from "./daemon.ts";
import { findProgram } from "./installed.ts";
import { closedPort } from "./loopback-server.ts";

export const HAPROXY = findProgram("haproxy");

export interface HaproxyServer {
  /** The statistics as CSV. */
  readonly statisticsUrl: string;
  /** Answers 200 by itself, whatever its servers are. */
  readonly healthUrl: string;
  /** Passes requests on to the backend that was called the default one. */
  readonly frontPort: number;
  /** A command of its admin socket; resolves with the answer. */
  tell(command: string): Promise<string>;
  /** Another process with the same configuration takes over; counters begin anew. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** `proxies`: backends; `default_backend` is one of them. */
export async function startHaproxy(proxies: string, defaultBackend: string): Promise<HaproxyServer> {
  const ports = { front: await closedPort(), stats: await closedPort() };
  const folder = mkdtempSync(join(tmpdir(), "haproxy-"));
  const socket = join(folder, "admin.sock");
  const file = join(folder, "haproxy.cfg");
  writeFileSync(file, configuration(proxies, { ...ports, defaultBackend, socket }));
  const start = (...args: string[]): Promise<Daemon> =>
    startDaemon({ program: HAPROXY ?? "haproxy", args: ["-db", "-f", file, ...args], port: ports.stats });
  let daemon = await start();
  const before: Daemon[] = [];
  return {
    statisticsUrl: `http://127.0.0.1:${ports.stats}/haproxy_stats;csv`,
    healthUrl: `http://127.0.0.1:${ports.front}/health`,
    frontPort: ports.front,
    tell: (command) => ask(socket, command),
    async reload() {
      before.push(daemon);
      daemon = await start("-st", `${daemon.pid}`);
      await before.at(-1)?.ended;
    },
    async close() {
      await daemon.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Places {
  readonly front: number;
  readonly stats: number;
  readonly defaultBackend: string;
  readonly socket: string;
}

function configuration(proxies: string, { front, stats, defaultBackend, socket }: Places): string {
  return `
global
    stats socket ${socket} mode 600 level admin
    max-spread-checks 10

defaults
    mode http
    timeout connect 1s
    timeout client 30s
    timeout server 30s
    timeout check 1s
    timeout queue 30s

frontend front
    bind 127.0.0.1:${front}
    monitor-uri /health
    default_backend ${defaultBackend}

frontend statistics
    bind 127.0.0.1:${stats}
    stats enable
    stats uri /haproxy_stats
    stats show-legends
    stats refresh 10s

${proxies}
`;
}

async function ask(path: string, command: string): Promise<string> {
  const socket = connect(path);
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  socket.end(`${command}\n`);
  await once(socket, "close");
  return text;
}
