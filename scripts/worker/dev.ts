/**
 * `npm run dev:worker`: the Worker on this machine, offline: workerd, a local D1 (migrated), cron, and a token to read with.
 * Without a cluster.yaml it watches the demo cluster. scripts/built.sh has built everything before.
 * Invariant: ends with everything that it started, on SIGTERM, Ctrl-C and SIGKILL, and when wrangler ends.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { startDemoCluster } from "../../shared/node/demo-cluster.ts";
import { newToken } from "../../functions/cli/new-token.ts";
import { variable } from "../../shared/node/environment.ts";
import { takeChildrenAlong } from "../take-along.ts";
import { startCron } from "./cron.ts";
import { readWorkerConfiguration } from "./worker-configuration.ts";
import { prepareEnding } from "./ending.ts";
import { notable, readyAt, runWrangler, stageFor, startWrangler, stop } from "./wrangler.ts";

takeChildrenAlong();
const { env } = process;
const hostname = variable(env, "HOST") ?? "127.0.0.1";
const port = variable(env, "PORT") ?? "8083";

const MOST_TRIES = 3;
const OWN_PORT_TAKEN = /Address already in use \(socket "direct:/;

const { endings, end } = prepareEnding(0);

/** What to run; `token` is one that reads, when this program made one; `state` is where its local D1 lives. */
async function deployment() {
  const variables: Record<string, string> = {};
  const own = await readWorkerConfiguration((name) => {
    const value = env[name];
    if (value !== undefined) variables[name] = value;
    return value ?? null;
  });
  if (own !== null) return { configuration: own.text, variables, token: null, state: "data/worker" };
  const demo = await startDemoCluster(new URL("../../dist/demo.mjs", import.meta.url), {
    write: (_level, note) => console.log(note),
  });
  endings.defer(() => demo.stop());
  const { token, hash } = newToken("dev");
  const auth = { tokens: { dev: { hash } } };
  const configuration = JSON.stringify({ ...JSON.parse(await demo.read()), auth });
  // Simulated services would end what is stored of others.
  return { configuration, variables: { MONITORING_NOTICE: demo.notice ?? "" }, token, state: "data/worker-demo" };
}

/** wrangler looks for free ports of its own and binds them later; when somebody has taken one meanwhile, it looks again. */
async function serve(folder: string, local: readonly string[]): Promise<{ child: ChildProcess; origin: string }> {
  const address = ["--ip", hostname, "--port", port, "--show-interactive-dev-session=false"];
  for (let triesLeft = MOST_TRIES; ; triesLeft -= 1) {
    const child = startWrangler(folder, ["dev", ...local, ...address]);
    endings.defer(() => stop(child));
    try {
      return { child, origin: await readyAt(child, notable(console.log)) };
    } catch (error) {
      if (triesLeft === 1 || !OWN_PORT_TAKEN.test(String(error))) throw error;
    }
  }
}

async function main(): Promise<void> {
  const { configuration, variables, token, ...deployed } = await deployment();
  const state = resolve(variable(env, "WORKER_STATE") ?? deployed.state);
  const folder = await stageFor(endings, { configuration, variables });
  const local = ["--local", "--persist-to", state];
  await runWrangler(folder, ["d1", "migrations", "apply", "DB", ...local], endings);
  const { child, origin } = await serve(folder, local);
  endings.defer(startCron(origin));
  console.log(`Worker on ${origin}, D1 in ${state}, a round a minute. Reading needs a token:`);
  console.log(`  curl -H "Authorization: Bearer ${token ?? "…"}" ${origin}/cluster_health`);
  await once(child, "exit");
}

try {
  await main();
  if (!endings.disposed) await end(1);
} catch (error) {
  if (!endings.disposed) {
    console.error(error instanceof Error ? error.message : error);
    await end(1);
  }
}
