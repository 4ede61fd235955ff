/**
 * What every view must say of the monitor itself before anything else: that history is not being saved, that its clock was put back, that
 * another one tells people.
 * Drawn by views/banners.tsx. Invariants: a sentence stands there for as long as it is true, whatever else could not be read; of an error
 * of the database it says a sentence of ours and nothing of the error's own text.
 */
import { MONITOR } from "../../shared/domain/alerting/alerting-state.ts";
import type { ClusterMoment } from "../../shared/domain/monitoring/cluster-state.ts";
import { SHOWN_LEAD_MS } from "../../shared/domain/monitoring/clock-lead.ts";
import { CUT_FAULT, CUT_LOST_FAULT, REPLACED_FAULT } from "../../shared/domain/monitoring/storage-faults.ts";
import { causeOf, UNSAVED_FAULT, type StorageCause } from "../../shared/domain/monitoring/unsaved.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import type { MonitorContext } from "../context.ts";
import { currencyOf } from "./currency.ts";

export interface Banner {
  readonly sentence: string;
  /** More of it, where there is more. */
  readonly more: More | Passing | null;
}

/** It is over by itself. */
interface Passing {
  readonly untilMs: number;
  /** What people can do so that it does not happen again. */
  readonly advice: string;
}

interface More {
  readonly sinceMs: number;
  /** Goes on after a colon; null: the sentence is about something that happened then. */
  readonly why: string | null;
  /** What people can do, and what holds until then. */
  readonly advice: string;
}

/** Why, and what people can do, where there is a file. */
const CAUSES: Readonly<Record<StorageCause, readonly [why: string, remedy: string]>> = {
  no_room: ["there is no room left for the database", "Make room on its disk."],
  locked: ["another program keeps the database locked", "End that program, such as a backup or a shell."],
  read_only: ["the database can only be read", "Let the user of the service write the file and its folder."],
  no_access: ["the database cannot be opened", "Let the user of the service open the file and write in its folder."],
  bad_disk: ["the disk of the database does not work", "Look at that disk."],
  damaged: ["the database is damaged", "Start the service again: it moves the file aside and begins a new one."],
  other: ["the database does not take it", "The log of the service says why."],
};
const MEANWHILE =
  "What is said of now is of now; the newest 10,000 checks are kept, and are saved as soon as that is possible.";

/** Whoever runs a Worker sees what it says by this; it has no disk to look at. */
const WORKER_LOG = "The log of the Worker says why: npm run wrangler -- tail.";

const MINUTE_MS = 60_000;

/** What people can do so that it does not happen again. */
const ADVICE: Readonly<Record<string, string>> = {
  [REPLACED_FAULT]:
    "Find out what moves or deletes that file, such as a clean-up or a sync, and put a backup in its place only while the service is stopped.",
  [CUT_FAULT]: "Let no other program touch the files of the database while the service runs.",
  [CUT_LOST_FAULT]: "Let no other program touch the files of the database while the service runs.",
};

type Known = Pick<ClusterMoment, "faults" | "unsaved"> & {
  /** Since when the alert about the database is open, epoch ms. Absent: there is none. */
  readonly storageAlertAtMs?: number | undefined;
};

/** What a snapshot says of it. */
export function ownFaultsOf(snapshot: Snapshot | null): Known | null {
  if (!snapshot) return null;
  const { moment, alerting } = snapshot;
  return { ...moment, storageAlertAtMs: alerting.subjects.get(MONITOR.storage)?.alert?.sinceMs };
}

type Place = Pick<MonitorContext, "startedAtMs" | "config">;

interface Present extends Pick<Place, "config"> {
  readonly clock: Pick<MonitorContext["clock"], "nowMs" | "wallMs">;
}

/** @param silentSinceMs see `silentSince` */
export function bannersOf(moment: Known | null, { config, clock }: Present, silentSinceMs: number | null): Banner[] {
  const { primary } = config();
  const faults = moment?.faults.map((sentence) => ({ sentence, more: moreOf(sentence, moment) }));
  const silence = silentSinceMs === null ? [] : [nothingSaved(silentSinceMs)];
  const standby =
    primary === null ? [] : [plain(`Standby: ${primary.target.host} delivers, and this one while it is silent.`)];
  return [...(faults ?? []), ...silence, ...clockBanners(clock), ...standby];
}

/** In whole minutes, so that it stays the same sentence: the lead gets smaller by what time goes on. */
function clockBanners(clock: Present["clock"]): Banner[] {
  const atMs = clock.nowMs();
  const leadMs = atMs - clock.wallMs();
  if (leadMs < SHOWN_LEAD_MS) return [];
  const sentence = "The machine's clock was put back: times here are ahead of it, and time goes on at half speed";
  const untilMs = Math.ceil((atMs + leadMs) / MINUTE_MS) * MINUTE_MS;
  return [
    { sentence, more: { untilMs, advice: "See to the machine's clock, such as that it is set by the network." } },
  ];
}

function moreOf(sentence: string, { unsaved, storageAlertAtMs }: Known): More | null {
  if (sentence === UNSAVED_FAULT) return unsaved ? { sinceMs: unsaved.sinceMs, ...wordsOf(unsaved.cause) } : null;
  const advice = ADVICE[sentence];
  return advice === undefined || storageAlertAtMs === undefined
    ? null
    : { sinceMs: storageAlertAtMs, why: null, advice };
}

/**
 * Where no process lasts, and so nobody knows whether rounds run and what became of them: of when the last commit is, when that is
 * too long ago; epoch ms. Null: it is of now, or a process lasts that says itself what goes wrong.
 */
export function silentSince(
  { startedAtMs, cluster }: Pick<MonitorContext, "startedAtMs" | "cluster">,
  snapshot: Snapshot | null,
  nowMs: number,
): number | null {
  if (startedAtMs !== null) return null;
  const { atMs, isStale } = currencyOf(snapshot?.moment.atMs ?? null, cluster().services, nowMs);
  return isStale ? atMs : null;
}

function nothingSaved(sinceMs: number): Banner {
  const why = "no round has run, or the database does not take what it finds";
  return { sentence: "Nothing has been saved", more: { sinceMs, why, advice: WORKER_LOG } };
}

/** What could not be read of the database, by its error. */
export function unreadableBanner(error: unknown, { startedAtMs }: Pick<Place, "startedAtMs">): Banner {
  const sentence = "What is stored cannot be read now";
  if (startedAtMs === null) return plain(`${sentence}. ${WORKER_LOG}`);
  const cause = causeOf(error);
  const [why, remedy] = CAUSES[cause];
  return plain(cause === "other" ? `${sentence}. ${remedy}` : `${sentence}: ${why}. ${remedy}`);
}

function wordsOf(cause: StorageCause): Pick<More, "why" | "advice"> {
  const [why, remedy] = CAUSES[cause];
  return { why, advice: `${remedy} ${MEANWHILE}` };
}

const plain = (sentence: string): Banner => ({ sentence, more: null });

type Reading = Place & Pick<MonitorContext, "snapshots" | "cluster" | "clock">;

export async function readBanners(context: Reading): Promise<Banner[]> {
  return context.snapshots.read().then(
    (snapshot) => bannersOf(ownFaultsOf(snapshot), context, silentSince(context, snapshot, context.clock.nowMs())),
    (error: unknown) => [unreadableBanner(error, context), ...bannersOf(null, context, null)],
  );
}
