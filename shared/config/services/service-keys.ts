/**
 * The keys that every service has, and what they become; `check_type` decides which others it has.
 * Invariant: every key has a description; what a key is called here it is called in `MonitoredService`, with its unit.
 */
import * as z from "zod/mini";
import { DEFAULT_ALERT_RULES, SEVERITIES } from "../../domain/alerting/alert.ts";
import type { RuntimeAbilities } from "../../domain/runtime-abilities.ts";
import { configureRemediation, REMEDIATION_KEYS } from "../../notify/remediation.ts";
import { DAY_MS, durationSchema, formatDuration, MINUTE_MS, SECOND_MS } from "../../probes/duration.ts";
import { about, configure, faultAt, nameSchema, sentenceSchema } from "../schemas.ts";
import { CADENCE } from "../sections/intervals.ts";

/** Shorter than a scheduling hiccup of a busy machine a timeout says nothing about the target. */
const timeoutSchema = durationSchema({ minMs: 100, maxMs: 5 * MINUTE_MS });

const streakSchema = z.int().check(z.gte(1), z.lte(20));

/** Leaves room for what failed in the title of a mail or of a chat message. */
const LONGEST_IMPACT = 120;

const impactSchema = sentenceSchema(LONGEST_IMPACT);

const upToADay = durationSchema({ minMs: 0, maxMs: DAY_MS });

function onFiringSchema(abilities: RuntimeAbilities) {
  const timeout = z.prefault(durationSchema({ minMs: SECOND_MS, maxMs: 5 * MINUTE_MS }), 10);
  return z.pipe(
    z.strictObject({
      ...REMEDIATION_KEYS,
      timeout: about("Time limit; a command is killed then.", timeout),
      cooldown: about("Between two of them.", z.prefault(upToADay, 300)),
      most_per_hour: about("Of them within an hour.", z._default(z.int().check(z.gte(1), z.lte(60)), 4)),
    }),
    z.transform(({ timeout: timeoutMs, cooldown: cooldownMs, most_per_hour: mostPerHour, ...action }, { issues }) => ({
      onFiring: { cooldownMs, mostPerHour },
      remediate: configure(issues, (report) => configureRemediation(action, report, abilities), "a url or a command"),
      remediationTimeoutMs: timeoutMs,
    })),
  );
}

export function listServiceKeys(abilities: RuntimeAbilities) {
  return {
    name: about("What people call it. Default: its id.", z.optional(nameSchema)),
    critical: about(
      "Whether it decides the status of the cluster and its failures are CRITICAL.",
      z._default(z.boolean(), false),
    ),
    timeout: about(
      "One deadline over the whole probe, from name resolution to the last byte.",
      z.prefault(timeoutSchema, 10),
    ),
    interval: about(
      "How often it is probed. Default: intervals.critical or intervals.non_critical.",
      z.optional(durationSchema(CADENCE)),
    ),
    slow_after: about(
      "A correct answer that takes longer makes the service degraded. Default: off.",
      z.optional(timeoutSchema),
    ),
    starting_grace: about(
      "How long it may be starting, such as loading a model, and count as degraded; then it is unhealthy.",
      z.prefault(upToADay, 600),
    ),
    severity: about(
      "How bad its failures are. Default: critical when it is critical, else warning; slow is a warning at most.",
      z.optional(z.enum(SEVERITIES)),
    ),
    failures: about(
      "Failing checks in a row until its alert fires.",
      z._default(streakSchema, DEFAULT_ALERT_RULES.failures),
    ),
    successes: about(
      "Healthy checks in a row until its alert is resolved.",
      z._default(streakSchema, DEFAULT_ALERT_RULES.successes),
    ),
    for: about("Its alert fires only after failing this long.", z.prefault(upToADay, 0)),
    flapping: about(
      "Whether an alert that comes and goes is told once and then kept quiet until it has settled.",
      z._default(z.boolean(), DEFAULT_ALERT_RULES.flapping),
    ),
    on_firing: about(
      "What is done by itself when its alert fires and nothing else explains it.",
      z.optional(onFiringSchema(abilities)),
    ),
    group: about(
      "With which others it is shown where there are many. Default: those on the same machine.",
      z.optional(nameSchema),
    ),
    impact: about(
      `What people lack while it is down, such as "all semantic search disabled"; shown with the failure, and in messages.`,
      z.optional(impactSchema),
    ),
    depends_on: about("Ids of the services that this one needs.", z._default(z.array(z.string()), [])),
  };
}

const NO_REMEDIATION = { onFiring: null, remediate: null, remediationTimeoutMs: 0 };

/** How often services without an `interval` are probed. */
export interface Cadence {
  readonly criticalMs: number;
  readonly nonCriticalMs: number;
}

/** Of a map that may have further keys. */
export function serviceSchema(abilities: RuntimeAbilities, cadence: Cadence) {
  return z.pipe(
    z.object(listServiceKeys(abilities)),
    z.transform((keys, { issues }) => {
      const { critical, timeout: timeoutMs, slow_after: slowAfterMs = null, depends_on: dependsOn } = keys;
      const { starting_grace: startingGraceMs } = keys;
      if (slowAfterMs !== null && slowAfterMs >= timeoutMs) {
        issues.push(faultAt(["slow_after"], `less than the timeout of ${formatDuration(timeoutMs)}`));
      }
      const wantedMs = keys.interval ?? (critical ? cadence.criticalMs : cadence.nonCriticalMs);
      const intervalMs = Math.max(wantedMs, abilities.shortestIntervalMs);
      const { name, group = null, impact = null, severity = null, failures, successes, for: forMs, flapping } = keys;
      const alertRules = { severity, failures, successes, forMs, flapping };
      const remediation = keys.on_firing ?? NO_REMEDIATION;
      const shown = { name, group, impact };
      const times = { timeoutMs, intervalMs, slowAfterMs, startingGraceMs };
      return { ...shown, critical, ...times, dependsOn, alertRules, ...remediation };
    }),
  );
}
