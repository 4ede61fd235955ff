/**
 * `intervals`: how often things happen; services without an interval of their own take it from here.
 * `retention`: how long history is kept.
 */
import * as z from "zod/mini";
import { DAY_MS, durationSchema, SECOND_MS, type DurationBounds } from "../../probes/duration.ts";
import { about } from "../schemas.ts";
import { defineSection } from "../section.ts";

/** More often than five times a second is load, not monitoring. */
export const CADENCE: DurationBounds = { minMs: 200, maxMs: DAY_MS };

const cadence = (byDefault: number) => z.prefault(durationSchema(CADENCE), byDefault);

const intervalsSchema = z.strictObject({
  critical: about("How often critical services are probed.", cadence(30)),
  non_critical: about("How often the other services are probed.", cadence(60)),
  degraded: about(
    "How often failing services and what depends on them are probed while the cluster is degraded.",
    cadence(15),
  ),
  unhealthy: about(
    "How often failing services and what depends on them are probed while the cluster is unhealthy.",
    cadence(5),
  ),
  cleanup: about(
    "How often finished hours are packed and old ones deleted.",
    z.prefault(durationSchema({ minMs: SECOND_MS, maxMs: DAY_MS }), 300),
  ),
});

export const intervals = defineSection({
  schema: () =>
    z.pipe(
      about("How often things happen.", z.prefault(intervalsSchema, {})),
      z.transform((written) => ({
        criticalMs: written.critical,
        nonCriticalMs: written.non_critical,
        degradedMs: written.degraded,
        unhealthyMs: written.unhealthy,
        cleanupMs: written.cleanup,
      })),
    ),
});

const retentionSchema = z.strictObject({
  blocks: about(
    "How long the packed hours of history are kept.",
    z.prefault(durationSchema({ minMs: DAY_MS, maxMs: 3_650 * DAY_MS }), "365d"),
  ),
});

export const retention = defineSection({
  schema: () =>
    z.pipe(
      about("How long history is kept.", z.prefault(retentionSchema, {})),
      z.transform(({ blocks: blocksMs }) => ({ blocksMs })),
    ),
});
