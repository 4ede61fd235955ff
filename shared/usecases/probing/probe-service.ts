/**
 * One check of one service: ask, repeat a failed connection once, judge.
 * Called by the sweep loop; calls a prober through its port. Knows no schedule and no storage.
 * Invariant: always ends, at most `timeout + RETRY_DELAY_MS + GUARD_MS` after it began, and never rejects.
 */
import { toTenthMs, type Check, type Observation } from "../../domain/monitoring/check.ts";
import { deservesRetry, applyThresholds, RETRY_DELAY_MS } from "../../domain/monitoring/thresholds.ts";
import type { Log } from "../../ports/log.ts";
import type { MonitoredService, ProbeContext } from "../../ports/prober.ts";

/** A prober that misses its own deadline by this much is cut off; its promise is left to end by itself. */
const GUARD_MS = 100;

/** After the first attempt has used up the timeout, the repetition still gets this long. */
const LEAST_RETRY_TIMEOUT_MS = 1_000;

export interface ProbeDependencies extends Omit<ProbeContext, "timeoutMs"> {
  readonly log: Log;
}

export async function probeService(service: MonitoredService, dependencies: ProbeDependencies): Promise<Check> {
  const { clock } = dependencies;
  const startMs = clock.monotonicMs();
  let observation = await attempt(service, service.timeoutMs, dependencies);
  if (deservesRetry(observation)) {
    await clock.sleep(RETRY_DELAY_MS);
    const leftMs = service.timeoutMs + RETRY_DELAY_MS - (clock.monotonicMs() - startMs);
    observation = await attempt(service, Math.max(leftMs, LEAST_RETRY_TIMEOUT_MS), dependencies);
  }
  return { serviceId: service.id, checkedAtMs: clock.nowMs(), ...applyThresholds(observation, service) };
}

function attempt(
  service: MonitoredService,
  timeoutMs: number,
  { log, ...context }: ProbeDependencies,
): Promise<Observation> {
  const { clock } = context;
  const startMs = clock.monotonicMs();
  return new Promise((resolve) => {
    const cutOff = (): void => resolve(timedOut(clock.monotonicMs() - startMs));
    const disarm = clock.after(timeoutMs + GUARD_MS, cutOff);
    const end = (observation: Observation): void => {
      disarm();
      resolve({ ...observation, responseTimeMs: toTenthMs(observation.responseTimeMs) });
    };
    const blame = (error: unknown): void => {
      // A prober must not reject; if one does it is our bug, and the service is not to blame.
      const name = error instanceof Error ? error.name : typeof error;
      log.write("error", "prober failed", { service: service.id, error: name });
      end(failed(clock.monotonicMs() - startMs));
    };
    observe(service, { ...context, timeoutMs })
      .then(end)
      .catch(blame);
  });
}

/** Async, so that a prober which throws rejects. */
async function observe({ probe }: MonitoredService, context: ProbeContext): Promise<Observation> {
  return probe(context);
}

function timedOut(durationMs: number): Observation {
  const responseTimeMs = toTenthMs(durationMs);
  return {
    status: "timeout",
    reason: "deadline_response",
    message: "Request timed out",
    responseTimeMs,
    statusCode: null,
    details: {},
  };
}

function failed(responseTimeMs: number): Observation {
  return {
    status: "error",
    reason: "internal",
    message: "The prober failed",
    responseTimeMs,
    statusCode: null,
    details: {},
  };
}
