/**
 * The program on Workers: hands the platform's events to the bundle, with the Env of this isolate.
 * Uploaded as dist/worker.mjs beside the bundle itself and the configuration; see wrangler.toml.
 * Invariant: a configuration that cannot be used answers 503 and says why in the log, never in the answer.
 */
import bundle from "../bundle.ts";
import type { Env } from "../env.ts";
import { SECURITY_HEADERS } from "../http/headers.ts";
import configuration from "./cluster-text.ts";
import { workerEnv, type WorkerBindings } from "./worker-env.ts";

interface Lifetime {
  waitUntil(promise: Promise<unknown>): void;
}

/** An isolate lives as long as its bindings; another object means another deployment of secrets. */
const envs = new WeakMap<WorkerBindings, Env>();

function envOf(bindings: WorkerBindings): Env {
  let env = envs.get(bindings);
  if (!env) envs.set(bindings, (env = workerEnv(bindings, configuration)));
  return env;
}

export default {
  async fetch(request: Request, bindings: WorkerBindings, lifetime: Lifetime): Promise<Response> {
    let env: Env;
    try {
      env = envOf(bindings);
    } catch (error) {
      report(error);
      return unusable();
    }
    const response = bundle.fetch(request, env);
    // Others may wait for the round that this request has begun: it goes on when the caller hangs up.
    lifetime.waitUntil(response);
    return response;
  },

  async scheduled(event: { cron: string; scheduledTime: number }, bindings: WorkerBindings): Promise<void> {
    await bundle.scheduled(event, envOf(bindings));
  },
};

/** Without the log of the Env, which could not be made; faults of a configuration hold no secret. */
function report(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  // oxlint-disable-next-line no-console -- the console is the platform's log
  console.error(JSON.stringify({ level: "error", message: "the configuration cannot be used", error: message }));
}

function unusable(): Response {
  const problem = {
    type: "urn:problem:unavailable",
    title: "Unavailable",
    status: 503,
    detail: "The configuration of this service cannot be used. Its log has the details.",
  };
  return new Response(JSON.stringify(problem), {
    status: 503,
    headers: { ...SECURITY_HEADERS, "content-type": "application/problem+json", "cache-control": "no-store" },
  });
}
