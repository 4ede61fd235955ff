/**
 * `npm run fuzz`: asks the service what its OpenAPI document allows, and everything else, and looks for answers it must not give.
 *
 *     npm run fuzz                                         100,000 requests to a service of its own, with a random seed
 *     npm run fuzz -- --seed 7 --count 20000
 *     npm run fuzz -- --url http://127.0.0.1:8083          a service that runs already, which must be on loopback
 *
 * Exit code: 0 when nothing was found, 1 when something was, 2 for wrong arguments.
 * Invariant: nothing but loopback is ever asked, and the service it started ends with it, also after Ctrl-C.
 */
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readArguments } from "../../shared/node/read-arguments.ts";
import { ChildProcesses, interruption } from "../bench/child-processes.ts";
import { serveLoopback } from "../bench/loopback.ts";
import { databaseIn, probeAll, startService, type Service } from "../bench/service.ts";
import { writeHistory } from "../bench/stored-history.ts";
import { takeChildrenAlong } from "../take-along.ts";
import { fuzz, type FuzzOptions } from "./run.ts";

const EXIT_FOUND = 1;
const MOST_REQUESTS = 10_000_000;
const MOST_SEED = 2 ** 31;
/** Everything the service may take while it is asked for the worst. */
const MOST_RESIDENT_MB = 200;
/** Of each of the services below. */
const A_MONTH = { serviceCount: 4, archivedHours: 30 * 24 };

/** Without a port when the service is to be started. Throws with a sentence for the user. */
function parseArguments(): Omit<FuzzOptions, "port"> & { readonly port: number | null } {
  const seed = { type: "string", default: String(randomInt(MOST_SEED)) } as const;
  const count = { type: "string", default: "100000" } as const;
  const { values } = parseArgs({ options: { seed, count, url: { type: "string" } } });
  const url = values.url === undefined ? null : loopbackUrl(values.url);
  return {
    seed: wholeNumber("--seed", values.seed, MOST_SEED),
    count: wholeNumber("--count", values.count, MOST_REQUESTS),
    host: url?.hostname ?? "127.0.0.1",
    port: url && Number(url.port),
  };
}

function wholeNumber(name: string, text: string, most: number): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > most) throw new Error(`${name} is a whole number up to ${most}`);
  return Number(text);
}

function loopbackUrl(text: string): URL {
  const url = URL.parse(text);
  const isLoopback = url?.protocol === "http:" && /^(127(\.\d+){3}|localhost)$/.test(url.hostname) && url.port !== "";
  if (!isLoopback) throw new Error("--url is http://127.0.0.1:PORT: only loopback may be fuzzed");
  return url;
}

/** Of a process now, and the most it ever was; throws when it is gone. */
function readMemoryMb(pid: number): { resident: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1_000;
  return { resident: megabytes("VmRSS"), peak: megabytes("VmHWM") };
}

/**
 * The built service, with targets of every kind. It ends with `children`, and its targets with this process. It has committed its
 * first sweep, so that nothing excuses a 503 any more.
 */
async function startFuzzedService(children: ChildProcesses): Promise<Service> {
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
  await probeAll(service);
  return service;
}

async function main({ port, ...options }: ReturnType<typeof parseArguments>): Promise<void> {
  console.log(`seed ${options.seed}, ${options.count.toLocaleString("en")} requests`);
  const signal = interruption();
  const children = new ChildProcesses(signal);
  try {
    const service = port === null ? await startFuzzedService(children) : { port, pid: null };
    const report = await fuzz({ ...options, port: service.port, signal });
    if (signal.aborted) return;
    console.log(String(report));
    let isGood = report.failures.length === 0;
    if (service.pid !== null) {
      const { resident, peak } = readMemoryMb(service.pid);
      console.log(`memory of the service: ${resident.toFixed(0)} MB, at most ${peak.toFixed(0)} MB`);
      isGood &&= resident <= MOST_RESIDENT_MB;
    }
    process.exitCode = isGood ? 0 : EXIT_FOUND;
  } finally {
    await children.endAll();
  }
}

takeChildrenAlong();
await main(readArguments(parseArguments));
