/**
 * The built service to be fuzzed: on loopback, with targets of every kind and a month of history.
 * Called by main.ts. Knows the configuration, no request.
 * Invariant: it has committed its first sweep when it is handed over, so that nothing excuses a 503 any more.
 */
import type { ChildProcesses } from "../bench/child-processes.ts";
import { serveLoopback } from "../bench/loopback.ts";
import { databaseIn, startService, until, type Service } from "../bench/service.ts";
import { writeHistory } from "../bench/stored-history.ts";

const FIRST_COMMIT = { what: "the first commit", timeoutMs: 20_000, pollMs: 50 };
/** Of each of the services below. */
const A_MONTH = { serviceCount: 4, archivedHours: 30 * 24 };

/** It ends with `children`, and its targets with this process. */
export async function startFuzzedService(children: ChildProcesses): Promise<Service> {
  const databasePath = databaseIn(await children.folder());
  await writeHistory(databasePath, A_MONTH);
  const services = servicesAt(await startTargets());
  const service = await startService(children, { node: "fuzzed", services }, { databasePath });
  const url = `http://127.0.0.1:${service.port}/cluster_health?fresh=true`;
  await until(FIRST_COMMIT, async () => (await fetch(url)).ok);
  return service;
}

/** One that works, one that answers wrongly, one that is silent, one that is not there; under the names of the stored history. */
function servicesAt(url: string): Record<string, object> {
  return {
    service_0: { name: "Steady Server", url: `${url}/ok`, critical: true, timeout: 2 },
    service_1: { name: "Broken Server", url: `${url}/broken`, timeout: 2 },
    service_2: { name: "Silent Server", url: `${url}/silent`, timeout: 0.3 },
    service_3: { name: "Absent Server", host: "127.0.0.1:1", check_type: "tcp", timeout: 1 },
  };
}

async function startTargets(): Promise<string> {
  const { origin } = await serveLoopback(({ url }, response) => {
    if (url === "/silent") return;
    const status = url === "/ok" ? 200 : 503;
    response.writeHead(status, { "content-type": "application/json" }).end('{"models":["llama3.2:3b"]}');
  });
  return origin;
}
