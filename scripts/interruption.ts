/**
 * Ctrl-C and its relatives as one signal, for programs that must take their child processes along.
 * Used by the benchmark and the fuzzer. Invariant: the exit code is 128 + the number of the signal, as shells have it.
 */
import { constants } from "node:os";

/** To be called once, at the start; aborted by the first of the signals. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(name, () => {
      process.exitCode = 128 + constants.signals[name];
      controller.abort();
    });
  }
  return controller.signal;
}
