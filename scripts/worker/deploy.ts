/**
 * `npm run deploy:worker`: checks the configuration with the rules of Workers, migrates the remote D1, uploads.
 * scripts/built.sh has built everything before; arguments go to `wrangler deploy`, but for `--paid-plan`.
 * Invariant: a configuration that the Worker would refuse, or cannot watch in one round, is not uploaded (exit code 78).
 */
import { once } from "node:events";
import { takeChildrenAlong } from "../take-along.ts";
import { prepareEnding } from "./ending.ts";
import { EXIT_CONFIG, readWorkerConfiguration } from "./worker-configuration.ts";
import { runWrangler, stageFor, startWrangler, stop } from "./wrangler.ts";

takeChildrenAlong();

/**
 * An invocation sends so many requests at most; ten are kept for repetitions, redirects and messages. Its database has a limit of
 * its own. Source: developers.cloudflare.com/workers/platform/limits/#subrequests.
 */
const PLANS = {
  free: { name: "the free plan", services: 50 - 10, advice: ", or pass --paid-plan when yours is the paid one" },
  paid: { name: "the paid plan", services: 1_000 - 10, advice: "" },
};

/** Stands for a secret that only the deployment knows; whatever is right for one of them is right here. */
const STAND_IN = "http://stand-in.invalid:1";

const unknown = new Set<string>();
const configuration = await readWorkerConfiguration((reference) => {
  const value = process.env[reference];
  if (value === undefined) unknown.add(reference);
  return value ?? STAND_IN;
});
if (configuration === null) {
  console.error("There is no cluster.yaml; MONITORING_CONFIG names another file.");
  process.exit(EXIT_CONFIG);
}
const isPaid = process.argv.includes("--paid-plan");
const plan = isPaid ? PLANS.paid : PLANS.free;
if (configuration.services > plan.services) {
  console.error(
    `${configuration.services} services do not fit into one round: on ${plan.name} a Worker can check ${plan.services}, ` +
      `as an invocation may send no more requests. Watch fewer${plan.advice}.`,
  );
  process.exit(EXIT_CONFIG);
}
if (unknown.size > 0) {
  const names = [...unknown].join(", ");
  console.log(`Secrets that the deployment must have (npm run wrangler -- secret put NAME): ${names}`);
}

const args = process.argv.slice(2).filter((each) => each !== "--paid-plan");
const { endings, end } = prepareEnding();
try {
  const folder = await stageFor(endings, { configuration: configuration.text, variables: {} });
  if (!args.includes("--dry-run")) await runWrangler(folder, ["d1", "migrations", "apply", "DB", "--remote"], endings);
  const child = startWrangler(folder, ["deploy", ...args]);
  endings.defer(() => stop(child));
  child.stdout?.pipe(process.stdout);
  child.stderr?.pipe(process.stderr);
  await once(child, "close");
  if (!endings.disposed) await end(child.exitCode ?? 1);
} catch (error) {
  if (!endings.disposed) {
    console.error(error instanceof Error ? error.message : error);
    await end(1);
  }
}
