/**
 * The demo cluster: six simulated services in one process, for `npm start` without a cluster.yaml.
 * shared/node/demo-cluster.ts runs it as a child (dist/demo.mjs), gets the configuration in one message, and ends it by closing
 * the channel. Run by hand it prints them: `sh scripts/node.sh functions/cli/demo/main.ts [--at SECONDS] [--imitate-redis]`.
 * Invariant: it ends when its parent does, and takes its Redis with it.
 */
import { parseArgs } from "node:util";
import type { DemoReady } from "../../../shared/node/demo-cluster.ts";
import { DEMO_NOTICE, demoConfiguration } from "./configuration.ts";
import { cpuLlama } from "./cpu-llama.ts";
import { embeddings } from "./embeddings.ts";
import { haproxy } from "./haproxy.ts";
import { startImitatedRedis } from "./imitated-redis.ts";
import { jetsonOllama } from "./jetson-ollama.ts";
import { startRedisServer, type RunningRedis } from "./redis-server.ts";
import { startSimulation, type Simulation } from "./simulated-server.ts";
import { TIMETABLE_NOTE } from "./timetable.ts";
import { tools } from "./tools.ts";

const { values: options } = parseArgs({
  options: {
    /** Where in the timetable to begin. */
    at: { type: "string", default: "0" },
    /** Leaves an installed redis-server alone. */
    "imitate-redis": { type: "boolean", default: false },
  },
});
const isChild = process.send !== undefined;
const startedAtMs = performance.now() - Number(options.at) * 1_000;
const elapsedS = (): number => (performance.now() - startedAtMs) / 1_000;
let redisServer: RunningRedis | null = null;

async function end(): Promise<void> {
  await redisServer?.stop();
  process.exit(0);
}

async function start(): Promise<DemoReady> {
  const urlOf = (simulation: Simulation): Promise<string> => startSimulation(simulation, elapsedS);
  redisServer = options["imitate-redis"] ? null : await startRedisServer();
  const redisNote = redisServer
    ? `Redis is a real redis-server, without data, on ${redisServer.host}.`
    : "Redis is imitated, as there is no redis-server on this machine.";
  const configuration = demoConfiguration({
    jetsonOllama: await urlOf(jetsonOllama),
    cpuLlama: await urlOf(cpuLlama),
    embeddings: await urlOf(embeddings),
    tools: await urlOf(tools),
    haproxy: await urlOf(haproxy),
    redis: redisServer?.host ?? (await startImitatedRedis(elapsedS)),
  });
  return { type: "ready", configuration, notice: DEMO_NOTICE, notes: [redisNote, TIMETABLE_NOTE] };
}

process.once("SIGTERM", () => void end());
process.once("disconnect", () => void end());
// A terminal sends these to the whole group: the parent then still drains or reloads, and ends us when it is done.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => (isChild ? undefined : void end()));

const ready = await start();
if (isChild) process.send?.(ready);
else console.log(JSON.stringify(ready, null, 2));
