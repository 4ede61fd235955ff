/**
 * Probes one service again and again, as the probe loop does: each probe gets what the last one left, and a clock that a test sets.
 */
import type { Check, Json } from "../../shared/domain/monitoring/check.ts";
import { redactNothing } from "../../shared/domain/text/redact.ts";
import type { CheckType } from "../../shared/probes/check-type.ts";
import { showFinding } from "../../shared/usecases/probing/show-finding.ts";
import { configureRawProbe, type Settings } from "./configured-probe.ts";
import type { TestContext } from "./probe-context.ts";
import { WAIT_LIMIT_MS } from "./time-limits.ts";

export interface Watch {
  /** Lets time pass, then probes. */
  probe(afterMs?: number, timeoutMs?: number): Promise<Check>;
  /** What the last probe has left. */
  memory(): Json;
}

const STARTED_MS = Date.UTC(2026, 10, 30, 6);

export function watch(type: CheckType, settings: Settings, context: TestContext): Watch {
  const ask = configureRawProbe(type, settings);
  let nowMs = STARTED_MS;
  let previous: Check | null = null;
  let memory: Json = null;
  return {
    memory: () => memory,
    async probe(afterMs = 30_000, timeoutMs = WAIT_LIMIT_MS) {
      nowMs += afterMs;
      const clock = { ...context.clock, nowMs: () => nowMs, monotonicMs: () => context.clock.monotonicMs() };
      const finding = await ask({ ...context, clock, previous, memory, timeoutMs });
      if (finding.memory !== undefined) memory = JSON.parse(JSON.stringify(finding.memory)) as Json;
      previous = { ...showFinding(finding, redactNothing), serviceId: "watched", checkedAtMs: nowMs };
      return previous;
    },
  };
}
