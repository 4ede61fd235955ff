/**
 * THE bundle: all of the program but its platform, built once into dist/bundle.mjs, which Workers and Node run byte for byte.
 * `functions/runtimes/*.ts` import it, and the build adds what adapters import of the rules (scripts/esbuild-options.ts).
 * Invariant: imports nothing that only one platform has, and reads no environment.
 */
import type { refuseAll } from "./http/refuse-all.ts";
import type { Monitor, Runtime } from "./runtime.ts";

export { createConsoleLog } from "../shared/common/console-log.ts";
export { NODE_ABILITIES, WORKERS_ABILITIES } from "../shared/domain/runtime-abilities.ts";
export { SECURITY_HEADERS } from "./http/bytes.ts";
export { AppError } from "./http/problem.ts";
export { createJobRunner } from "./monitor/run-jobs.ts";
export { VERSION } from "./version.ts";

/**
 * Evaluates what the monitor is made of, else `createMonitor` does: a program that is woken for a request has time for it only
 * when it starts, and the thread for jobs, which loads this file as well, never needs it.
 */
export const loadMonitor = () => import("./monitor/compose.ts");

/** What answers where there is no monitor. */
export const answerWithout = async (...asked: Parameters<typeof refuseAll>): Promise<Response> =>
  (await import("./http/refuse-all.ts")).refuseAll(...asked);

/** Throws ConfigurationFault for a configuration that cannot be used, and the database's error when that cannot. */
export async function createMonitor(runtime: Runtime): Promise<Monitor> {
  const { compose } = await loadMonitor();
  try {
    const { monitor } = await compose(runtime);
    return monitor;
  } catch (error) {
    await runtime.close();
    throw error;
  }
}
