/**
 * THE bundle: what both hosts run. Handlers over an Env, nothing else; built once into dist/bundle.mjs.
 * Called by Workers' runtime and by runtimes/node.ts. Holds no state between calls.
 * Invariant: imports nothing that only one host has.
 */
import { createApp } from "./http/app.ts";
import { CLEANUP_CRON, runCleanup, type CronEnv } from "./jobs/housekeeping.ts";
import { runSweep, SWEEP_CRON } from "./jobs/probe-round.ts";
import type { Env } from "./env.ts";

const app = createApp();

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    return app.fetch(request, env);
  },

  /** Runs the job of the event's cron expression; an unknown expression is a deployment fault and throws. */
  async scheduled(event: { cron: string; scheduledTime: number }, env: CronEnv): Promise<void> {
    switch (event.cron) {
      case SWEEP_CRON:
        await runSweep(env.HOST);
        break;
      case CLEANUP_CRON:
        await runCleanup(env, event.scheduledTime);
        break;
      default:
        throw new Error(`no job for cron ${event.cron}`);
    }
  },
};
