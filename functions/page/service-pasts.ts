/**
 * What a row of the page says of a service's past: ninety days and the last hour. Found when somebody looks, and kept: a day of the
 * past does not change, and the present one is as it was up to ten minutes ago, or as of the last change of status.
 * Used by read-now.ts. Invariant: a service that has changed its status is looked at anew.
 */
import type { ServiceState } from "../../shared/domain/monitoring/status-board.ts";
import type { RosterEntry } from "../../shared/domain/monitoring/service.ts";
import { listLocalDays } from "../../shared/domain/text/local-days.ts";
import type { MonitorContext } from "../context.ts";
import { uptimeJson } from "../endpoints/uptime.ts";
import { listUptimes } from "../report/list-uptimes.ts";
import { subjectOf, type Subject } from "../report/subjects.ts";
import { LastHours, type FoundHour } from "./last-hours.ts";
import type { Pasts, ServicePast } from "./pasts.ts";

const DAYS = 90;
const KEPT_MS = 600_000;

interface Kept {
  readonly until: string;
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
    const until = (id: string): string => validity(services.get(id), today, nowMs);
    const asked = entries.filter(({ id }) => this.#kept.get(id)?.until !== until(id));
    const known = { range: { sinceMs: 0, untilMs: nowMs }, moment: snapshot.moment };
    const subjects = asked.map((entry) => subjectOf(entry, known));
    const found = new Map(await findDays(reading, subjects, days));
    const hour = await this.#lastHours.read(reading, nowMs);
    return new Map(
      entries.flatMap(({ id }) => {
        const kept = this.#keep(id, { until: until(id), days: found.get(id), hour });
        return kept ? [[id, kept] as const] : [];
      }),
    );
  }

  /** The same object as before when nothing of it is new, so that who has shown it need not look at it. */
  #keep(id: string, { until, days, hour }: Found): ServicePast | null {
    const kept = this.#kept.get(id);
    if (kept && !days && kept.hourMs === hour.startMs) return kept.past;
    const found = days ?? kept?.past;
    if (!found) return null;
    const past = { days: found.days, uptime: found.uptime, lastHour: hour.of(id) };
    this.#kept.set(id, { until: days ? until : (kept?.until ?? until), hourMs: hour.startMs, past });
    return past;
  }
}

interface Found {
  readonly until: string;
  /** Absent: what is kept still holds. */
  readonly days: NinetyDays | undefined;
  readonly hour: FoundHour;
}

type NinetyDays = Omit<ServicePast, "lastHour">;

/** Another one when something that is kept no longer holds. */
function validity(state: ServiceState | undefined, today: string, nowMs: number): string {
  return `${today} ${Math.floor(nowMs / KEPT_MS)} ${state?.status} ${state?.sinceMs}`;
}

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
