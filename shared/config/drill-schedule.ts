/**
 * When drills begin by themselves, as the file says it: `weekly`, or a day, a time and a zone. Used by the section `alerting`.
 * Invariant: what is left out is a time at which people are awake.
 */
import * as z from "zod/mini";
import { EXPECTED_ZONE, LOCAL_TIME, type WeeklySchedule } from "../domain/alerting/maintenance-window.ts";
import { isTimeZone, WEEKDAYS } from "../domain/text/zoned-time.ts";
import { about, faultAt } from "./schemas.ts";

/** A monitor that was off at the time of a drill makes up for it within this, not in the middle of the night. */
const LATEST_START_MS = 3_600_000;

const zoneSchema = z.string().check(z.refine(isTimeZone, { error: EXPECTED_ZONE.replace("expected ", "") }));

const scheduleSchema = z
  .strictObject({
    every: about("How often.", z._default(z.enum(["week", "day"]), "week")),
    day: about("The local day of a weekly one. Default: mon.", z.optional(z.enum(WEEKDAYS))),
    at: about(
      "Local time of the start.",
      z._default(z.string().check(z.regex(LOCAL_TIME, { error: "a local time from 00:00 to 23:59" })), "10:00"),
    ),
    zone: about("An IANA zone, such as Europe/Berlin.", z._default(zoneSchema, "UTC")),
  })
  .check(({ value: { every, day }, issues }) => {
    if (every === "day" && day !== undefined) issues.push(faultAt(["day"], "no day, because the drill is daily"));
  });

/** It holds while a drill may begin. */
export const drillSchema = z.pipe(
  z.union([z.literal("weekly"), scheduleSchema], { error: "weekly, or a map of every, day, at and zone" }),
  z.transform((written): WeeklySchedule => {
    const { every, day, at, zone } =
      written === "weekly" ? { every: "week", day: undefined, at: "10:00", zone: "UTC" } : written;
    const days = every === "day" ? WEEKDAYS : [day ?? "mon"];
    return { kind: "weekly", zone, days, start: at, durationMs: LATEST_START_MS, untilMs: null };
  }),
);
