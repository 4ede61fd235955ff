/**
 * The demo cluster: six simulated services in one process, for `npm start` without a cluster.yaml.
 * shared/node/demo-cluster.ts runs it as a child (dist/demo.mjs), gets the configuration in one message, and ends it by closing
 * the channel. Run by hand it prints them: `sh scripts/node.sh functions/cli/demo/main.ts [--at SECONDS] [--imitate-redis]`.
 * Invariant: it ends when its parent does, and takes its Redis with it.
 */
import { parseArgs } from "node:util";
import type { DemoReady } from "../../../shared/node/demo-cluster.ts";
import { startImitatedRedis } from "./imitated-redis.ts";
import { startRedisServer, type RunningRedis } from "./redis-server.ts";
import { SERVICES } from "./services.ts";
import { startSimulation } from "./simulated-server.ts";
import { TIMETABLE_NOTE } from "./timetable.ts";

const NOTICE =
  "DEMO: these are simulated services on this machine that misbehave on purpose. Write a cluster.yaml to watch your own.";

/** Quicker than the defaults, so that a newcomer sees a change within the first minute. */
const INTERVALS = { critical: 5, non_critical: 10, degraded: 3, unhealthy: 2 };

/** Its messages come by themselves, without an account anywhere: to the log, at once. */
const ALERTING = {
  channels: { terminal: { type: "log" } },
  policies: {
    critical: { steps: [{ after: 0, channels: ["terminal"] }] },
    warning: { steps: [{ after: 0, channels: ["terminal"] }] },
  },
};

/** What anybody may see at /status: what people use, not what stands behind it. */
const PUBLIC = {
  title: "Demo cluster",
  groups: [
    { name: "Language models", services: ["jetson_ollama", "cpu_llama"] },
    { name: "Around them", services: ["embeddings", "tools"] },
  ],
};

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
  redisServer = options["imitate-redis"] ? null : await startRedisServer();
  const redisNote = redisServer
    ? `Redis is a real redis-server, without data, on ${redisServer.host}.`
    : "Redis is imitated, as there is no redis-server on this machine.";
  const host = redisServer?.host ?? (await startImitatedRedis(elapsedS));
  const redis = { name: "Redis Cache", host, check_type: "redis", critical: true, timeout: 5 };
  const simulated = Object.entries(SERVICES).map(async ([id, { watched, healthPath }]) => {
    const url = await startSimulation(id as keyof typeof SERVICES, elapsedS);
    const health = healthPath === undefined ? {} : { health_url: new URL(healthPath, url).href };
    return [id, { ...watched, url, ...health }];
  });
  const services = { ...Object.fromEntries(await Promise.all(simulated)), redis };
  const configuration = JSON.stringify({ intervals: INTERVALS, alerting: ALERTING, public: PUBLIC, services });
  return { type: "ready", configuration, notice: NOTICE, notes: [redisNote, TIMETABLE_NOTE] };
}

process.once("SIGTERM", () => void end());
process.once("disconnect", () => void end());
// A terminal sends these to the whole group: the parent then still drains or reloads, and ends us when it is done.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => (isChild ? undefined : void end()));

const ready = await start();
if (isChild) process.send?.(ready);
else console.log(JSON.stringify(ready, null, 2));
