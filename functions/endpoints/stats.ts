/**
 * GET /stats: load of the machine that monitors, and what it monitors.
 * Reads the last sample of the machine. Invariant: figures the runtime cannot tell are null, never invented.
 */
import * as z from "zod/mini";
import { loadJson, usageJson } from "../../shared/domain/monitoring/host-figures.ts";
import { startedAtMs } from "../context.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { intervalS, loadAverage, percent, temperature } from "../wire/schemas.ts";

const bytes = z.nullable(z.int().check(z.gte(0)));

export const statsEndpoint = defineEndpoint({
  path: "/stats",
  name: "stats",
  summary: "Load of the monitoring node (bytes, percent) and the services it watches.",
  effect: "read",
  response: z.object({
    cpu_percent: percent,
    memory: z.object({ total: bytes, available: bytes, percent }),
    disk: z.object({ total: bytes, free: bytes, percent }),
    monitoring_uptime: z.number().check(z.gte(0)),
    services_monitored: z.array(z.string()),
    interval_s: intervalS,
    load_1m: loadAverage,
    temperature_c: temperature,
  }),
  async handle(_request, context) {
    const figures = context.hostStats.current();
    const { services, intervalMs } = context.cluster();
    const uptimeMs = context.clock.nowMs() - startedAtMs(context, await context.snapshots.read());
    return {
      ...usageJson(figures),
      monitoring_uptime: Math.max(0, uptimeMs) / 1000,
      services_monitored: services.map(({ id }) => id),
      interval_s: intervalMs / 1000,
      ...loadJson(figures),
    };
  },
});
