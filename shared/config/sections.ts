/**
 * The keys of the configuration, beside those of the check types: one zod shape per section, with defaults and words.
 * `parse-config` parses by them and `editor-schema` publishes them, so the two cannot disagree.
 * Invariant: every key has a description, and a schema's `error` completes the sentence "expected …".
 */
import * as z from "zod/mini";
import { DEFAULT_ALERT_RULES, SEVERITIES } from "../domain/alerting/alert.ts";
import { DEFAULT_DEGRADED_THRESHOLD_PERCENT } from "../domain/monitoring/cluster-status.ts";
import { RESPONSE_KEYS } from "../notify/remediation.ts";
import { durationSchema, type DurationBounds } from "./duration-schema.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** More often than five times a second is load, not monitoring. */
const CADENCE: DurationBounds = { minMs: 200, maxMs: DAY_MS };

/** Shorter than a scheduling hiccup of a busy host a timeout says nothing about the target. */
const TIMEOUT: DurationBounds = { minMs: 100, maxMs: 5 * MINUTE_MS };

/** Far beyond a home cluster; bounds memory and the size of every answer. */
export const MAX_SERVICES = 1_000;

/** Ids are path segments of URLs and keys of JSON objects; there, ids of digits alone would lose their place in the order. */
export const SERVICE_ID_PATTERN = /^(?!\d+$)[A-Za-z0-9_-]{1,64}$/;

const NAME_PATTERN = /^\P{Cc}{1,100}$/u;
const HOST_NAME_PATTERN = /^(?=.{1,253}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

const nameSchema = () => z.string().check(z.regex(NAME_PATTERN, { error: "1 to 100 characters without line breaks" }));

const hostNameSchema = () =>
  z.string().check(z.regex(HOST_NAME_PATTERN, { error: "a host name without scheme and port" }), z.toLowerCase());

/** What stands at the top level beside the sections `services`, `intervals` and `retention`. */
export const ROOT_SHAPE = {
  node: z.optional(nameSchema()).check(z.describe("Name of the machine that monitors. Default: its host name.")),
  hosts: z
    ._default(z.array(hostNameSchema()), [])
    .check(z.describe("Further names under which this service may be called; IP addresses and localhost always may.")),
  degraded_threshold: z
    ._default(z.number().check(z.gte(0), z.lte(100)), DEFAULT_DEGRADED_THRESHOLD_PERCENT)
    .check(
      z.describe(
        "While at least this percentage of the critical services serves, the cluster is degraded, not unhealthy.",
      ),
    ),
  max_connections: z
    ._default(z.int().check(z.gte(1), z.lte(100_000)), 2_000)
    .check(z.describe("Open connections to this service at the same time; further ones are refused.")),
};

export const INTERVALS_SHAPE = {
  critical: z.prefault(durationSchema(CADENCE), 30).check(z.describe("How often critical services are probed.")),
  non_critical: z.prefault(durationSchema(CADENCE), 60).check(z.describe("How often the other services are probed.")),
  degraded: z
    .prefault(durationSchema(CADENCE), 15)
    .check(z.describe("How often failing services and what depends on them are probed while the cluster is degraded.")),
  unhealthy: z
    .prefault(durationSchema(CADENCE), 5)
    .check(
      z.describe("How often failing services and what depends on them are probed while the cluster is unhealthy."),
    ),
  cleanup: z
    .prefault(durationSchema({ minMs: SECOND_MS, maxMs: DAY_MS }), 300)
    .check(z.describe("How often finished hours are packed and old ones deleted.")),
};

export const RETENTION_SHAPE = {
  blocks: z
    .prefault(durationSchema({ minMs: DAY_MS, maxMs: 3_650 * DAY_MS }), "365d")
    .check(z.describe("How long the packed hours of history are kept.")),
};

/** What a service's `on_firing` may say. */
const ON_FIRING_SHAPE = {
  ...RESPONSE_KEYS,
  timeout: z
    .prefault(durationSchema({ minMs: SECOND_MS, maxMs: 5 * MINUTE_MS }), 10)
    .check(z.describe("Time limit; a command is killed then.")),
  cooldown: z.prefault(durationSchema({ minMs: 0, maxMs: DAY_MS }), 300).check(z.describe("Between two of them.")),
  most_per_hour: z._default(z.int().check(z.gte(1), z.lte(60)), 4).check(z.describe("Of them within an hour.")),
};

/** The keys of every service; `check_type` decides which others it has. */
export const SERVICE_SHAPE = {
  name: z.optional(nameSchema()).check(z.describe("What people call it. Default: its id.")),
  critical: z
    ._default(z.boolean(), false)
    .check(z.describe("Whether it decides the status of the cluster and its failures are CRITICAL.")),
  timeout: z
    .prefault(durationSchema(TIMEOUT), 10)
    .check(z.describe("One deadline over the whole probe, from name resolution to the last byte.")),
  interval: z
    .optional(durationSchema(CADENCE))
    .check(z.describe("How often it is probed. Default: intervals.critical or intervals.non_critical.")),
  slow_after: z
    .optional(durationSchema(TIMEOUT))
    .check(z.describe("A correct answer that takes longer makes the service degraded. Default: off.")),
  severity: z
    .optional(z.enum(SEVERITIES))
    .check(
      z.describe(
        "How bad its failures are. Default: critical when it is critical, else warning; slow is a warning at most.",
      ),
    ),
  failures: z
    ._default(z.int().check(z.gte(1), z.lte(20)), DEFAULT_ALERT_RULES.failures)
    .check(z.describe("Failing checks in a row until its alert fires.")),
  successes: z
    ._default(z.int().check(z.gte(1), z.lte(20)), DEFAULT_ALERT_RULES.successes)
    .check(z.describe("Healthy checks in a row until its alert is resolved.")),
  for: z
    .prefault(durationSchema({ minMs: 0, maxMs: DAY_MS }), 0)
    .check(z.describe("Its alert fires only after failing this long.")),
  flapping: z
    ._default(z.boolean(), DEFAULT_ALERT_RULES.flapping)
    .check(z.describe("Whether an alert that comes and goes is told once and then kept quiet until it has settled.")),
  on_firing: z
    .optional(z.strictObject(ON_FIRING_SHAPE))
    .check(z.describe("What is done by itself when its alert fires and nothing else explains it.")),
  depends_on: z._default(z.array(z.string()), []).check(z.describe("Ids of the services that this one needs.")),
};

/** Keys of later versions: refused with their own words instead of a guess at a typing error. */
const planned = (...keys: readonly string[]): ReadonlyMap<string, string> =>
  new Map(keys.map((key) => [key, "no such key: not supported by this version"]));

export const PLANNED_ROOT_KEYS = planned("routes", "slo");
export const PLANNED_INTERVAL_KEYS = planned("analysis");
