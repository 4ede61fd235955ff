/**
 * The built service to be fuzzed: on loopback, with targets of every kind and a month of history.
 * Called by main.ts. Knows the configuration, no request.
 * Invariant: it has committed its first sweep when it is handed over, so that nothing excuses a 503 any more.
 */
import type { ChildProcesses } from "../bench/child-processes.ts";
import { serveLoopback } from "../bench/loopback.ts";
import { databaseIn, startService, until, type Service } from "../bench/service.ts";
import { writeHistory } from "../bench/stored-history.ts";

/** Of each of the services below. */
const A_MONTH = { serviceCount: 4, archivedHours: 30 * 24 };

/** It ends with `children`, and its targets with this process. */
export async function startFuzzedService(children: ChildProcesses): Promise<Service> {
  const databasePath = databaseIn(await children.folder());
  await writeHistory(databasePath, A_MONTH);
  const { origin } = await serveLoopback(({ url }, response) => {
    if (url === "/silent") return;
    const status = url === "/ok" ? 200 : 503;
    response.writeHead(status, { "content-type": "application/json" }).end('{"models":["llama3.2:3b"]}');
  });
  // One that works, one that answers wrongly, one that is silent, one that is not there; under the names of the stored history.
  const services = {
    service_0: { name: "Steady Server", url: `${origin}/ok`, critical: true, timeout: 2 },
    service_1: { name: "Broken Server", url: `${origin}/broken`, timeout: 2 },
    service_2: { name: "Silent Server", url: `${origin}/silent`, timeout: 0.3 },
    service_3: { name: "Absent Server", host: "127.0.0.1:1", check_type: "tcp", timeout: 1 },
  };
  const service = await startService(children, { node: "fuzzed", services }, { databasePath });
  await until("the first commit", async () => {
    const response = await fetch(`http://127.0.0.1:${service.port}/cluster_health?fresh=true`);
    return response.ok;
  });
  return service;
}
