/**
 * What a row of the page says of a service's past: ninety days and the last hour. Found when somebody looks, and kept for as long as
 * it is what would be found: a day of the past does not change, and the share of a quarter moves slowly.
 * Used by read-now.ts. Invariants: a service that has changed its status is looked at anew; a percentage is that of now, to its last digit.
 */
import type { RosterEntry } from "../../shared/domain/monitoring/service.ts";
import { listLocalDays } from "../../shared/domain/text/local-days.ts";
import type { MonitorContext } from "../context.ts";
import { uptimeJson } from "../endpoints/uptime.ts";
import { listUptimes } from "../report/list-uptimes.ts";
import { subjectOf, type Subject } from "../report/subjects.ts";
import type { DailyUptime } from "./day-bars.ts";
import { LastHours, type FoundHour } from "./last-hours.ts";
import type { Pasts, ServicePast } from "./pasts.ts";

const DAYS = 90;
/** An hour of maintenance or of nothing known moves no share, but the picture of the day. */
const LONGEST_KEPT_MS = 600_000;
/** As often as there is a commit, where little has been watched. */
const SHORTEST_KEPT_MS = 1_000;
/** What has been watched so often as long moves a share by its last digit. */
const DIGITS = 10_000;

interface Kept {
  /** Another one when something that is kept no longer holds. */
  readonly version: string;
  /** Epoch ms. */
  readonly untilMs: number;
  /** Start of its last hour, epoch ms. */
  readonly hourMs: number;
  readonly past: ServicePast;
}

/** Of a service some 50 µs. */
const SERVICES_A_PIECE = 20;

type Days = Parameters<typeof listUptimes>[2];
type Reading = Pick<MonitorContext, "db" | "tell" | "turns" | "config" | "snapshots" | "boards">;

export class ServicePasts implements Pasts {
  readonly #reading: Reading;
  readonly #lastHours = new LastHours();
  readonly #kept = new Map<string, Kept>();

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  async of(entries: readonly RosterEntry[], nowMs: number): Promise<ReadonlyMap<string, ServicePast>> {
    const reading = this.#reading;
    const snapshot = await reading.snapshots.read();
    if (!snapshot) return new Map();
    const days = listLocalDays(DAYS, nowMs, reading.config().timezone);
    const { services } = reading.boards.of(snapshot, nowMs);
    const today = days.at(-1)?.name ?? "";
    const versionOf = (id: string): string => `${today} ${services.get(id)?.status} ${services.get(id)?.sinceMs}`;
    const asked = entries.filter(({ id }) => !this.#holds(id, versionOf(id), nowMs));
    const known = { range: { sinceMs: 0, untilMs: nowMs }, moment: snapshot.moment };
    const subjects = asked.map((entry) => subjectOf(entry, known));
    const found = new Map(await findDays(reading, subjects, days));
    const hour = await this.#lastHours.read(reading, nowMs);
    return new Map(
      entries.flatMap(({ id }) => {
        const kept = this.#keep(id, { version: versionOf(id), days: found.get(id), hour, nowMs });
        return kept ? [[id, kept] as const] : [];
      }),
    );
  }

  #holds(id: string, version: string, nowMs: number): boolean {
    const kept = this.#kept.get(id);
    return kept !== undefined && kept.version === version && nowMs < kept.untilMs;
  }

  /** The same object as before when nothing of it is new, so that who has shown it need not look at it. */
  #keep(id: string, { version, days, hour, nowMs }: Found): ServicePast | null {
    const kept = this.#kept.get(id);
    if (kept && !days && kept.hourMs === hour.startMs) return kept.past;
    const found = days ?? kept?.past;
    if (!found) return null;
    const past = { days: found.days, uptime: found.uptime, lastHour: hour.of(id) };
    const validity = days ? { version, untilMs: nowMs + keptMs(days.uptime) } : (kept ?? { version, untilMs: nowMs });
    this.#kept.set(id, { version: validity.version, untilMs: validity.untilMs, hourMs: hour.startMs, past });
    return past;
  }
}

/** For how long a share stays as it is to its last digit, while the status does. */
function keptMs({ uptime_percent: up, ...days }: DailyUptime): number {
  if (up === 100) return LONGEST_KEPT_MS;
  const watchedS = days.healthy.reduce<number>(
    (sum, healthy, index) => sum + (healthy ?? 0) + (days.degraded[index] ?? 0) + (days.down[index] ?? 0),
    0,
  );
  return Math.min(LONGEST_KEPT_MS, Math.max(SHORTEST_KEPT_MS, (watchedS * 1_000) / DIGITS));
}

interface Found {
  readonly version: string;
  /** Absent: what is kept still holds. */
  readonly days: NinetyDays | undefined;
  readonly hour: FoundHour;
  readonly nowMs: number;
}

type NinetyDays = Omit<ServicePast, "lastHour">;

async function findDays(
  { turns, ...reading }: Pick<Reading, "db" | "tell" | "turns">,
  subjects: readonly Subject[],
  days: Days,
): Promise<readonly (readonly [string, NinetyDays])[]> {
  const names = days.map(({ name }) => name);
  const found: (readonly [string, NinetyDays])[] = [];
  for (let start = 0; start < subjects.length; start += SERVICES_A_PIECE) {
    await turns?.pause();
    const uptimes = await listUptimes(reading, subjects.slice(start, start + SERVICES_A_PIECE), days);
    found.push(...uptimes.map(({ id, uptime }) => [id, { days: names, uptime: uptimeJson(uptime) }] as const));
  }
  return found;
}
