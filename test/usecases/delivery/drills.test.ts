/** When drills begin by themselves, and what is written down of them. */
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AlertCommand } from "../../../shared/domain/alerting/alert-commands.ts";
import type { WeeklySchedule } from "../../../shared/domain/alerting/maintenance-window.ts";
import { createOccasions } from "../../../shared/storage/occasions.ts";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { lookAfterDrills } from "../../../shared/usecases/delivery/drills.ts";
import { HOUR, MINUTE } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { fakeService } from "../../support/fake-service.ts";
import { fakeChannel, put } from "../../support/outbox-bench.ts";
import { testCluster } from "../../support/probe-loop-bench.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";

const DAY = 24 * HOUR;
/** Tuesday. */
const TUESDAY = Date.parse("2026-03-10T00:00:00Z");
const WEDNESDAYS: WeeklySchedule = {
  kind: "weekly",
  zone: "Europe/Berlin",
  days: ["wed"],
  start: "09:30",
  durationMs: HOUR,
  untilMs: null,
};

let database: TestDatabase;
let clock: FakeClock;
let entries: unknown[];
let logged: string[];

beforeEach(() => {
  database = sqliteTestDatabase();
  clock = new FakeClock(TUESDAY);
  entries = [];
  logged = [];
});
afterEach(() => database.close());

/** Looks after them as often as told, once a minute. @returns when drills began, as UTC */
async function watch(drill: WeeklySchedule | null, minutes: number): Promise<string[]> {
  const slack = fakeChannel("slack", clock);
  const plain = testCluster([fakeService("a")]);
  const cluster = { ...plain, alerting: { ...plain.alerting, channels: [slack], drill } };
  const began: string[] = [];
  const apply = async (command: AlertCommand): Promise<void> => {
    if (command.kind !== "drill" && command.kind !== "record") return;
    entries.push(command.entry);
    if (command.kind !== "drill") return;
    began.push(new Date(clock.nowMs()).toISOString().slice(0, 16));
    for (const each of command.outgoing) await put(database.db, each.channel, each.notification);
  };
  const log = { write: (level: string, text: string) => logged.push(`${level} ${text}`) };
  const occasions = createOccasions(database.db);
  const outbox = createOutbox(database.db);
  for (let minute = 0; minute < minutes; minute += 1) {
    await lookAfterDrills({ clock, log, outbox, occasions, cluster: () => cluster, apply });
    await clock.advance(MINUTE);
  }
  return began;
}

it("A drill begins at its time of the week, by the clock on the wall, once", async () => {
  expect(await watch(WEDNESDAYS, (2 * DAY) / MINUTE)).toEqual(["2026-03-11T08:30"]);
  await clock.advance(19 * DAY);
  // Summer time has begun.
  expect(await watch(WEDNESDAYS, (2 * DAY) / MINUTE)).toEqual(["2026-04-01T07:30"]);
});

it("A daily one begins each day", async () => {
  const daily: WeeklySchedule = { ...WEDNESDAYS, days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], zone: "UTC" };
  expect(await watch(daily, (2 * DAY) / MINUTE)).toEqual(["2026-03-10T09:30", "2026-03-11T09:30"]);
});

it("A monitor that was off at the time makes up for it within the hour, and not at any hour after it has started", async () => {
  await clock.advance(DAY + 9 * HOUR);
  expect(await watch(WEDNESDAYS, 2)).toEqual(["2026-03-11T09:00"]);
  await clock.advance(7 * DAY + HOUR);
  expect(await watch(WEDNESDAYS, 60)).toEqual([]);
  expect(await watch(null, 60)).toEqual([]);
});

it("A drill is judged by its receipts ten minutes later, once", async () => {
  await clock.advance(DAY + 8.5 * HOUR);
  await watch(WEDNESDAYS, 30);
  expect(entries).toMatchObject([
    { action: "drill.started", actor: "monitor" },
    { action: "drill.concluded", detail: { passed: false, missing: ["slack"] } },
  ]);
  expect(logged).toEqual(["error the drill did not reach everybody"]);
});
