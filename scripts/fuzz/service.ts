/**
 * The built service to be fuzzed: on loopback, with targets of every kind and a month of history.
 * Called by main.ts. Knows the configuration, no request.
 * Invariant: it has committed its first sweep when it is handed over, so that nothing excuses a 503 any more.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChildProcesses } from "../bench/child-processes.ts";
import { databaseIn, startServiceIn } from "../bench/service.ts";
import { writeHistory } from "../bench/stored-history.ts";
import { until } from "../bench/until.ts";

const FIRST_COMMIT = { what: "the first commit", timeoutMs: 20_000, pollMs: 50 };
/** Of each of the services below. */
const A_MONTH = { serviceCount: 4, archivedHours: 30 * 24 };

export interface FuzzedService {
  readonly port: number;
  /** Of its process now; throws when that is gone. */
  memory(): Memory;
  /** Its targets and its files; its process ends with `children`. */
  remove(): Promise<void>;
}

export interface Memory {
  readonly residentMb: number;
  /** The most it ever was. */
  readonly peakMb: number;
}

export async function startFuzzedService(children: ChildProcesses): Promise<FuzzedService> {
  const folder = await mkdtemp(join(tmpdir(), "monitoring-fuzz-"));
  const targets = await startTargets();
  const remove = async (): Promise<void> => {
    targets.closeAllConnections();
    targets.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { port: targetPort } = targets.address() as AddressInfo; // an address object, as it listens on TCP
    const services = servicesAt(`http://127.0.0.1:${targetPort}`);
    await writeHistory(databaseIn(folder), A_MONTH);
    const { pid, port } = await startServiceIn(children, folder, {
      configuration: JSON.stringify({ node: "fuzzed", services }),
    });
    const isCommitted = async () => (await fetch(`http://127.0.0.1:${port}/cluster_health?fresh=true`)).ok || null;
    await until(FIRST_COMMIT, isCommitted);
    return { port, memory: () => memoryOf(pid), remove };
  } catch (error) {
    await remove();
    throw error;
  }
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

async function startTargets(): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === "/silent") return;
    const status = request.url === "/ok" ? 200 : 503;
    response.writeHead(status, { "content-type": "application/json" }).end('{"models":["llama3.2:3b"]}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1_000;
  return { residentMb: megabytes("VmRSS"), peakMb: megabytes("VmHWM") };
}
