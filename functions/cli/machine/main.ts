/**
 * `MODE=node npm start`: a machine of the cluster tells how it is, to the service that runs on another one (check type `node`).
 * Becomes dist/machine.cjs, a script, as ES modules cost 10 MB; started by scripts/start.sh. Nothing but `/stats` and `/health`: no configuration, no database, no probes.
 * Invariant: nothing that it is asked changes anything.
 */
import { hostname } from "node:os";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { createConsoleLog } from "../../../shared/common/console-log.ts";
import { loadJson, usageJson } from "../../../shared/domain/monitoring/host-figures.ts";
import { allowedHosts, isAllowedHost } from "../../../shared/domain/net/host-name.ts";
import { readPlace } from "../../../shared/node/environment.ts";
import { assertCanListen } from "../../../shared/node/listening.ts";
import { runProgram } from "../../../shared/node/run-program.ts";
import { startSystemStats } from "../../../shared/node/system-stats.ts";
import { lookOf } from "../../../shared/node/terminal.ts";
import { jsonBytes, type Bytes } from "../../http/bytes.ts";
import { VERSION } from "../../version.ts";

/** As often as the figures are new. */
const SAMPLED_EVERY_S = 10;

const { env, stdout } = process;
const log = createConsoleLog({
  level: env["LOG_LEVEL"],
  terminal: lookOf(stdout, env),
  write: (line) => stdout.write(line),
  nowMs: Date.now,
});

void runProgram(async () => {
  const place = readPlace(env);
  await assertCanListen(place);
  // Of a machine as a whole it is the root that counts.
  const stats = startSystemStats("/");
  const names = allowedHosts([hostname()]);
  const answers: Readonly<Record<string, () => unknown>> = {
    "/stats": () => ({
      ...usageJson(stats.current()),
      monitoring_uptime: process.uptime(),
      services_monitored: [],
      interval_s: SAMPLED_EVERY_S,
      ...loadJson(stats.current()),
    }),
    "/health": () => ({ status: "healthy", version: VERSION, monitoring_node: hostname(), mode: "node" }),
  };
  const server = createServer((request, response) => send(response, answer(request, { names, answers })));
  server.listen({ port: place.port, host: place.hostname });
  await once(server, "listening");
  const { port } = server.address() as { port: number }; // of TCP
  log.write("info", "telling how this machine is", { url: `http://${place.hostname}:${port}/stats`, version: VERSION });
  return {
    reload: async () => {},
    async stop() {
      stats.stop();
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}, log);

interface Knows {
  /** What it may be called, beside addresses. */
  readonly names: ReadonlySet<string>;
  readonly answers: Readonly<Record<string, () => unknown>>;
}

function answer({ method = "", url = "", headers }: IncomingMessage, { names, answers }: Knows): Bytes {
  const [path = ""] = url.split("?");
  if (!isAllowedHost(headers.host ?? "localhost", names))
    return problem(421, "misdirected_request", "Not for this host.");
  if (!Object.hasOwn(answers, path)) return problem(404, "not_found", "With MODE=node there are /stats and /health.");
  if (method !== "GET" && method !== "HEAD") return problem(405, "method_not_allowed", `${path} can be read only.`);
  return jsonBytes(JSON.stringify(answers[path]?.()));
}

function problem(status: number, code: string, detail: string): Bytes {
  const body = JSON.stringify({ type: `urn:problem:${code}`, title: detail, status });
  return jsonBytes(body, { status, headers: { "content-type": "application/problem+json" } });
}

function send(response: ServerResponse, { status, headers, body }: Bytes): void {
  response.writeHead(status, headers).end(body);
}
