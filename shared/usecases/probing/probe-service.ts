/**
 * One check of one service: ask, repeat a failed connection once, take out the secrets, apply the thresholds.
 * Called by the probe loop; calls a prober through its port. Knows no schedule and no storage.
 * Invariant: always ends, at most `timeout + RETRY_DELAY_MS + GUARD_MS` after it began, and never rejects.
 */
import { toTenthMs, type Check } from "../../domain/monitoring/check.ts";
import { endGrace, startingSince } from "../../domain/monitoring/grace.ts";
import { deservesRetry, applyThresholds, RETRY_DELAY_MS } from "../../domain/monitoring/thresholds.ts";
import { judgeByClock } from "../../domain/monitoring/unset-clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Finding, MonitoredService, ProbeContext } from "../../ports/prober.ts";
import { leftBefore, recall, remember, type Baselines } from "./memories.ts";
import { showFinding } from "./show-finding.ts";

/** A prober that misses its own deadline by this much is cut off; its promise is left to end by itself. */
const GUARD_MS = 100;

/** After the first attempt has used up the timeout, the repetition still gets this long. */
const LEAST_RETRY_TIMEOUT_MS = 1_000;

const TIMED_OUT = { status: "timeout", reason: "deadline_response", message: "Request timed out" } as const;
const FAILED = { status: "error", reason: "internal", message: "The prober failed" } as const;

export interface ProbeDependencies extends Pick<ProbeContext, "clock" | "http" | "resolveName"> {
  readonly log: Log;
}

/** What earlier probes have left. */
export interface Left {
  readonly previous: Check | null;
  readonly baselines: Baselines;
}

export async function probeService(
  service: MonitoredService,
  { log, ...uses }: ProbeDependencies,
  { previous, baselines }: Left,
): Promise<Check> {
  const { clock } = uses;
  const context = {
    ...uses,
    log,
    previous,
    memory: recall(previous?.memory, service),
    baseline: () => baselines.recall(service),
    redact: service.redact,
  };
  const startMs = clock.monotonicMs();
  let finding = await attempt(service, service.timeoutMs, context);
  if (deservesRetry(finding)) {
    await clock.sleep(RETRY_DELAY_MS);
    const leftMs = service.timeoutMs + RETRY_DELAY_MS - (clock.monotonicMs() - startMs);
    finding = await attempt(service, Math.max(leftMs, LEAST_RETRY_TIMEOUT_MS), context);
  }
  const checkedAtMs = clock.nowMs();
  const { memory, baseline, ...seen } = finding;
  if (baseline !== undefined) await baselines.keep(service, baseline);
  const grace = { left: leftBefore(previous, service), nowMs: checkedAtMs, graceMs: service.startingGraceMs };
  const verdict = endGrace(applyThresholds(judgeByClock(showFinding(seen, service.redact), clock), service), grace);
  const carried = remember(memory, service, { previous, startingSinceMs: startingSince(verdict, grace), log });
  return { serviceId: service.id, checkedAtMs, ...verdict, ...carried };
}

type AttemptContext = Omit<ProbeContext, "timeoutMs"> & { readonly log: Log };

function attempt(service: MonitoredService, timeoutMs: number, { log, ...context }: AttemptContext): Promise<Finding> {
  const { clock } = context;
  const startMs = clock.monotonicMs();
  return new Promise((resolve) => {
    const end = (finding: Finding): void => {
      disarm();
      resolve({ ...finding, responseTimeMs: toTenthMs(finding.responseTimeMs) });
    };
    const endWithoutAnswer = (why: Pick<Finding, "status" | "reason" | "message">): void =>
      end({ ...why, responseTimeMs: clock.monotonicMs() - startMs, statusCode: null, details: {} });
    const disarm = clock.after(timeoutMs + GUARD_MS, () => endWithoutAnswer(TIMED_OUT));
    const blame = (error: unknown): void => {
      // A prober must not reject; if one does it is our bug, and the service is not to blame.
      const name = error instanceof Error ? error.name : typeof error;
      log.write("error", "prober failed", { service: service.id, error: name });
      endWithoutAnswer(FAILED);
    };
    observe(service, { ...context, timeoutMs })
      .then(end)
      .catch(blame);
  });
}

/** Async, so that a prober which throws rejects. */
async function observe({ probe }: MonitoredService, context: ProbeContext): Promise<Finding> {
  return probe(context);
}
