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
import { parseArgs } from "node:util";
import { ChildProcesses } from "../bench/child-processes.ts";
import { reportText } from "./report.ts";
import { interruption } from "../interruption.ts";
import { takeChildrenAlong } from "../take-along.ts";
import { fuzz } from "./run.ts";
import { startFuzzedService } from "./service.ts";

const EXIT_FOUND = 1;
const EXIT_USAGE = 2;
const DEFAULT_COUNT = 100_000;
const MOST_REQUESTS = 10_000_000;
const MOST_SEED = 2 ** 31;
/** Everything the service may take while it is asked for the worst. */
const MOST_RESIDENT_MB = 200;

interface Arguments {
  readonly seed: number;
  readonly count: number;
  readonly url: URL | null;
}

/** Throws with a sentence for the user. */
function parseArguments(): Arguments {
  const texts = { seed: { type: "string" }, count: { type: "string" }, url: { type: "string" } } as const;
  const { seed, count, url } = parseArgs({ options: texts }).values;
  return {
    seed: seed === undefined ? randomInt(MOST_SEED) : wholeNumber("--seed", seed, MOST_SEED),
    count: count === undefined ? DEFAULT_COUNT : wholeNumber("--count", count, MOST_REQUESTS),
    url: url === undefined ? null : loopbackUrl(url),
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

async function main({ seed, count, url }: Arguments): Promise<void> {
  console.log(`seed ${seed}, ${count.toLocaleString("en")} requests`);
  const children = new ChildProcesses();
  signal.addEventListener("abort", () => void children.endAll());
  const service = url === null ? await startFuzzedService(children) : null;
  try {
    const address = { host: url?.hostname ?? "127.0.0.1", port: service?.port ?? Number(url?.port) };
    const report = await fuzz({ ...address, seed, count, signal });
    if (signal.aborted) return;
    console.log(reportText(report));
    let isGood = report.failures.length === 0;
    if (service) {
      const { residentMb, peakMb } = service.memory();
      console.log(`memory of the service: ${residentMb.toFixed(0)} MB, at most ${peakMb.toFixed(0)} MB`);
      isGood &&= residentMb <= MOST_RESIDENT_MB;
    }
    process.exitCode = isGood ? 0 : EXIT_FOUND;
  } finally {
    await children.endAll();
    await service?.remove();
  }
}

takeChildrenAlong();
const signal = interruption();

let parsed: Arguments;
try {
  parsed = parseArguments();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(EXIT_USAGE);
}
await main(parsed);
