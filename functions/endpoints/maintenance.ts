/**
 * GET and POST /maintenance, DELETE /maintenance/{id}: planned times in which services count as neither up nor down, and no more does
 * what fails because it needs them.
 * Kept with alerting itself, changed within a sweep's commit. Probing goes on; the status is `maintenance`.
 * Invariant: a weekly window means the clock on the wall of its zone.
 */
import * as z from "zod/mini";
import {
  currentEndMs,
  EXPECTED_ZONE,
  holdsAt,
  LOCAL_TIME,
  scheduleFaults,
  type MaintenanceWindow,
} from "../../shared/domain/alerting/maintenance-window.ts";
import { formatOptional, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { WEEKDAYS, ZONE_NAME } from "../../shared/domain/text/zoned-time.ts";
import type { MonitorContext } from "../context.ts";
import { defineEndpoint, type ValueOf } from "../http/endpoint.ts";
import { id } from "../http/parameters.ts";
import {
  applyCommand,
  comment,
  COVERAGE,
  covers,
  COVERS_NOTHING,
  listCovered,
  readAlerting,
  requireCovered,
  requireFaultless,
} from "../wire/commands.ts";
import { instantMs, named, noted, nullableTimestamp, timestamp } from "../wire/schemas.ts";

const MIN_DURATION_S = 60;
const MAX_DURATION_S = 7 * 86_400;
const EXPECTED_DURATION = "expected one minute to seven days, in seconds";

const weekly = {
  kind: z.literal("weekly"),
  zone: noted("An IANA zone, such as Europe/Berlin.", z.string().check(z.regex(ZONE_NAME, EXPECTED_ZONE))),
  days: noted(
    { description: "The local days on which it starts.", uniqueItems: true },
    z
      .array(named("Weekday", z.enum(WEEKDAYS)))
      .check(z.minLength(1, "expected a day of the week"), z.maxLength(WEEKDAYS.length, "expected each day once")),
  ),
  start: noted(
    "Local time of the start.",
    z.string().check(z.regex(LOCAL_TIME, "expected a local time from 00:00 to 23:59")),
  ),
  duration: noted(
    "Seconds.",
    z.number().check(z.gte(MIN_DURATION_S, EXPECTED_DURATION), z.lte(MAX_DURATION_S, EXPECTED_DURATION)),
  ),
};

const newSchedule = z.discriminatedUnion("kind", [
  named("NewOnceSchedule", z.strictObject({ kind: z.literal("once"), starts_at: instantMs, ends_at: instantMs })),
  named("NewWeeklySchedule", z.strictObject({ ...weekly, until: z.optional(instantMs) })),
]);

const maintenanceWindow = named(
  "MaintenanceWindow",
  z.object({
    id: z.string(),
    services: z.array(z.string()),
    covers,
    schedule: z.discriminatedUnion("kind", [
      named("OnceSchedule", z.object({ kind: z.literal("once"), starts_at: timestamp, ends_at: timestamp })),
      named("WeeklySchedule", z.object({ ...weekly, until: nullableTimestamp })),
    ]),
    active: z.boolean(),
    active_until: noted("When what holds now is over; null while nothing does.", nullableTimestamp),
    author: z.string(),
    comment: z.string(),
  }),
);

export const maintenanceEndpoint = defineEndpoint({
  path: "/maintenance",
  name: "maintenance",
  summary: "Planned times in which services, and what fails because it needs them, count as neither up nor down.",
  effect: "read",
  response: z.object({ windows: z.array(maintenanceWindow) }),
  async handle(_request, context) {
    const { windows } = await readAlerting(context);
    return { windows: windows.map((each) => windowJson(each, context)) };
  },
});

export const createMaintenanceEndpoint = defineEndpoint({
  path: "/maintenance",
  name: "createMaintenance",
  method: "POST",
  summary: "Plans maintenance of services (globs), once or weekly by the clock on the wall of a zone.",
  effect: "write",
  scope: "alerts:write",
  created: true,
  body: z.strictObject({ ...COVERAGE, schedule: newSchedule, comment }),
  response: maintenanceWindow,
  refusals: { conflict: "There are 100 maintenance windows already; delete one first.", ...COVERS_NOTHING },
  async handle(request, context) {
    const { body, actor: author } = request;
    const nowMs = context.clock.nowMs();
    const schedule = readSchedule(body.schedule);
    requireFaultless(scheduleFaults(schedule, nowMs), "schedule.");
    requireCovered(body, context);
    const { services, comment: why } = body;
    const window = { services, comment: why, schedule, id: crypto.randomUUID(), createdAtMs: nowMs, author };
    await applyCommand(context, { kind: "addWindow", window }, request);
    return windowJson(window, context);
  },
});

export const deleteMaintenanceEndpoint = defineEndpoint({
  path: "/maintenance/{id}",
  name: "deleteMaintenance",
  method: "DELETE",
  summary: "Takes a maintenance window away; what it covers is watched again at once.",
  effect: "write",
  scope: "alerts:write",
  pathParameters: { id: id("Id of a maintenance window.") },
  response: z.object({ id: z.string(), deleted: z.literal(true) }),
  refusals: { not_found: "There is no maintenance window with this id." },
  async handle(request, context) {
    const { path, actor: by } = request;
    await applyCommand(context, { kind: "removeWindow", id: path.id, by }, request);
    return { id: path.id, deleted: true };
  },
});

function readSchedule(written: z.output<typeof newSchedule>): MaintenanceWindow["schedule"] {
  if (written.kind === "once") return { kind: "once", startsAtMs: written.starts_at, endsAtMs: written.ends_at };
  const { duration, until = null, ...same } = written;
  return { ...same, durationMs: Math.round(duration * 1_000), untilMs: until };
}

function windowJson(window: MaintenanceWindow, context: MonitorContext): ValueOf<typeof maintenanceWindow> {
  const { services, schedule, author } = window;
  const nowMs = context.clock.nowMs();
  return {
    id: window.id,
    services,
    covers: listCovered(services, context),
    schedule: scheduleJson(schedule),
    active: holdsAt(window, nowMs),
    active_until: formatOptional(currentEndMs(window, nowMs)),
    author,
    comment: window.comment,
  };
}

function scheduleJson(schedule: MaintenanceWindow["schedule"]): ValueOf<typeof maintenanceWindow>["schedule"] {
  if (schedule.kind === "once") {
    const { kind, startsAtMs, endsAtMs } = schedule;
    return { kind, starts_at: formatTimestamp(startsAtMs), ends_at: formatTimestamp(endsAtMs) };
  }
  const { durationMs, untilMs, ...same } = schedule;
  return { ...same, duration: durationMs / 1_000, until: formatOptional(untilMs) };
}
