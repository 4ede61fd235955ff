/**
 * GET and POST /maintenance, DELETE /maintenance/{id}: planned times in which services count as neither up nor down.
 * Kept with alerting itself, changed within a sweep's commit. Probing goes on; the status is `maintenance`.
 * Invariant: a weekly window means the clock on the wall of its zone.
 */
import * as z from "zod/mini";
import { NO_ALERTING } from "../../shared/domain/alerting/alerting-state.ts";
import { AppError } from "../../shared/domain/app-error.ts";
import { holdsAt, maintenanceFaults, type MaintenanceWindow } from "../../shared/domain/alerting/maintenance-window.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { WEEKDAYS } from "../../shared/domain/text/zoned-time.ts";
import { timestampOf } from "../wire/alert-json.ts";
import { timestamp } from "../wire/response-schemas.ts";
import { bodyInstant, commandedBy, comment, requireFaultless, serviceGlobs } from "../wire/commands.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { jsonResponse } from "../http/headers.ts";

const weekly = {
  kind: z.literal("weekly"),
  zone: z.string(),
  days: z.array(z.enum(WEEKDAYS)),
  start: z.string(),
  /** Seconds. */
  duration: z.number(),
};

const maintenanceWindow = z.object({
  id: z.string(),
  services: z.array(z.string()),
  schedule: z.union([
    z.object({ kind: z.literal("once"), starts_at: timestamp, ends_at: timestamp }),
    z.object({ ...weekly, until: z.nullable(timestamp) }),
  ]),
  active: z.boolean(),
  author: z.string(),
  comment: z.string(),
});

export const maintenanceEndpoint = defineEndpoint({
  path: "/maintenance",
  name: "maintenance",
  summary: "Planned times in which services count as neither up nor down.",
  parameters: {},
  response: z.object({ windows: z.array(maintenanceWindow) }),
  async handle(_request, { host }) {
    const { windows } = (await host.snapshots.read())?.alerting ?? NO_ALERTING;
    const nowMs = host.clock.nowMs();
    return jsonResponse({ windows: windows.map((each) => windowJson(each, nowMs)) });
  },
});

export const createMaintenanceEndpoint = defineEndpoint({
  path: "/maintenance",
  name: "createMaintenance",
  method: "POST",
  scope: "alerts:write",
  summary: "Plans maintenance of services (globs), once or weekly by the clock on the wall of a zone.",
  parameters: {},
  created: true,
  body: z.strictObject({
    services: serviceGlobs,
    schedule: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("once"), starts_at: bodyInstant, ends_at: bodyInstant }),
      z.strictObject({ ...weekly, until: z.optional(bodyInstant) }),
    ]),
    comment,
  }),
  response: maintenanceWindow,
  otherResponses: { 409: "There are 100 windows already." },
  async handle({ body, actor }, { host }) {
    const nowMs = host.clock.nowMs();
    const draft = {
      services: body.services,
      schedule: scheduleOf(body.schedule),
      author: actor ?? "",
      comment: body.comment,
    };
    requireFaultless(maintenanceFaults(draft, nowMs));
    const window: MaintenanceWindow = { ...draft, id: crypto.randomUUID(), createdAtMs: nowMs };
    await commandedBy(
      host,
      { kind: "addWindow", window },
      {
        too_many: new AppError("conflict", "There are 100 maintenance windows already; delete one first."),
      },
    );
    return jsonResponse(windowJson(window, nowMs), { status: 201 });
  },
});

export const deleteMaintenanceEndpoint = defineEndpoint({
  path: "/maintenance/{id}",
  name: "deleteMaintenance",
  method: "DELETE",
  scope: "alerts:write",
  summary: "Takes a maintenance window away; what it covers is watched again at once.",
  parameters: {},
  response: z.object({ id: z.string(), deleted: z.literal(true) }),
  otherResponses: { 404: "No such window." },
  async handle({ target: id, actor }, { host }) {
    await commandedBy(
      host,
      { kind: "removeWindow", id, by: actor ?? "" },
      {
        not_found: new AppError("not_found", "There is no maintenance window with this id."),
      },
    );
    return jsonResponse({ id, deleted: true });
  },
});

type WrittenSchedule =
  | { readonly kind: "once"; readonly starts_at: number; readonly ends_at: number }
  | {
      readonly kind: "weekly";
      readonly zone: string;
      readonly days: readonly (typeof WEEKDAYS)[number][];
      readonly start: string;
      readonly duration: number;
      readonly until?: number | undefined;
    };

function scheduleOf(written: WrittenSchedule): MaintenanceWindow["schedule"] {
  if (written.kind === "once") return { kind: "once", startsAtMs: written.starts_at, endsAtMs: written.ends_at };
  const { zone, days, start, duration, until } = written;
  return { kind: "weekly", zone, days, start, durationMs: Math.round(duration * 1_000), untilMs: until ?? null };
}

function windowJson(window: MaintenanceWindow, nowMs: number) {
  const { id, services, schedule, author, comment: why } = window;
  return {
    id,
    services: [...services],
    schedule: scheduleJson(schedule),
    active: holdsAt(window, nowMs),
    author,
    comment: why,
  } satisfies z.input<typeof maintenanceWindow>;
}

function scheduleJson(schedule: MaintenanceWindow["schedule"]) {
  if (schedule.kind === "once") {
    const { kind, startsAtMs, endsAtMs } = schedule;
    return { kind, starts_at: formatTimestamp(startsAtMs), ends_at: formatTimestamp(endsAtMs) };
  }
  const { kind, zone, days, start, durationMs, untilMs } = schedule;
  return { kind, zone, days: [...days], start, duration: durationMs / 1_000, until: timestampOf(untilMs) };
}
