/** The keys that hold a single value: what the monitor is called, and what applies to all of it. */
import * as z from "zod/mini";
import { DEFAULT_DEGRADED_THRESHOLD_PERCENT } from "../../domain/monitoring/cluster-status.ts";
import { HOST_NAME } from "../../domain/net/host-name.ts";
import { isTimeZone } from "../../domain/text/zoned-time.ts";
import { about, nameSchema } from "../schemas.ts";
import { defineSection } from "../section.ts";

const hostNameSchema = z
  .string()
  .check(z.regex(HOST_NAME, { error: "a host name without scheme and port" }), z.toLowerCase());

export const node = defineSection({
  schema: ({ defaultNode }) =>
    z.pipe(
      about("Name of the machine that monitors. Default: its host name.", z.optional(nameSchema)),
      z.transform((name) => name ?? defaultNode),
    ),
});

/** In lower case. */
export const hosts = defineSection({
  schema: () =>
    about(
      "Further names under which this service may be called; IP addresses and localhost always may.",
      z._default(z.array(hostNameSchema), []),
    ),
});

export const timezone = defineSection({
  schema: () =>
    about(
      "The IANA time zone in which reports count days, such as Europe/Berlin.",
      z._default(z.string().check(z.refine(isTimeZone, { error: "an IANA time zone such as Europe/Berlin" })), "UTC"),
    ),
});

export const degradedThreshold = defineSection({
  unit: "Percent",
  schema: () =>
    about(
      "While at least this percentage of the critical services serves, the cluster is degraded, not unhealthy.",
      z._default(z.number().check(z.gte(0), z.lte(100)), DEFAULT_DEGRADED_THRESHOLD_PERCENT),
    ),
});

/**
 * The seed's five would let five hanging services hold up all others for their timeouts. 256 is what a thousand services that all
 * hang need at a timeout of 5 s and an interval of 20 s, and a quarter of the 1,024 files that old systems allow a process.
 */
export const maxConcurrentProbes = defineSection({
  schema: () =>
    about(
      "Probes at the same time, on Node; at most a quarter of the files that the process may open. Critical services go first.",
      z._default(z.int().check(z.gte(1), z.lte(10_000)), 256),
    ),
});
