/** `intervals`: how often things happen. Services without an interval of their own take it from here. */
import * as z from "zod/mini";
import { DAY_MS, durationSchema, SECOND_MS, type DurationBounds } from "../duration.ts";
import { about } from "../schemas.ts";
import { defineSection } from "../section.ts";

/** More often than five times a second is load, not monitoring. */
export const CADENCE: DurationBounds = { minMs: 200, maxMs: DAY_MS };

const cadence = (byDefault: number) => z.prefault(durationSchema(CADENCE), byDefault);

const schema = z.strictObject({
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
      about("How often things happen.", z.prefault(schema, {})),
      z.transform((written) => ({
        criticalMs: written.critical,
        nonCriticalMs: written.non_critical,
        degradedMs: written.degraded,
        unhealthyMs: written.unhealthy,
        cleanupMs: written.cleanup,
      })),
    ),
});
