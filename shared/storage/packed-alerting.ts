/**
 * What alerting remembers as one stored value: `{}` while nothing is wrong, so that it costs nothing then.
 * Used by write-sweep.ts and read-snapshot.ts. A row has at most 2 MB, hence a report that waits for several channels is stored once,
 * and what a thousand services that are down make of it is deflated.
 * Invariant: unpackAlerting(packAlerting(state)) equals state, and unpacking throws on whatever a damaged text has become.
 */
import type { SubjectMemory } from "../domain/alerting/alert-life.ts";
import type { AlertingState } from "../domain/alerting/alerting-state.ts";
import type { Starts } from "../domain/alerting/crash-loop.ts";
import { fnv1a } from "../domain/text/fnv1a.ts";
import type { DispatchGroup } from "../domain/alerting/grouping.ts";
import type { AlertReport } from "../domain/alerting/notification.ts";
import { deflateJson, inflateJson, type BlobColumn } from "./blob-column.ts";

type Waiting = DispatchGroup["waiting"][number];

/** So much is left to the checks and the body of the snapshot, in characters of up to three bytes. */
const LONGEST_TEXT = 200_000;

const NOTHING = "{}";
const SUM = ',"sum":';

interface Packed {
  readonly subjects?: readonly (readonly [string, SubjectMemory])[];
  readonly reports?: readonly AlertReport[];
  readonly groups?: readonly PackedGroup[];
  readonly silences?: AlertingState["silences"];
  readonly windows?: AlertingState["windows"];
  readonly remediationStarts?: readonly (readonly [string, readonly number[]])[];
  readonly starts?: readonly (readonly [string, Starts])[];
  readonly nextDueMs?: number;
  readonly provenAtMs?: number;
}

interface PackedGroup extends Omit<DispatchGroup, "waiting"> {
  readonly waiting: readonly PackedWaiting[];
}

/** `report`: position in the list of reports. */
type PackedWaiting = Omit<Waiting, "report"> & { readonly report: number };

/** Text, which people can read, while it is short. */
export async function encodeAlerting(state: AlertingState): Promise<string | BlobColumn> {
  const text = packAlerting(state);
  return text.length > LONGEST_TEXT ? deflateJson(text) : text;
}

/** Rejects when it is not as it was stored. */
export async function decodeAlerting(column: string | BlobColumn): Promise<AlertingState> {
  return unpackAlerting(typeof column === "string" ? column : await inflateJson(column));
}

export function packAlerting(state: AlertingState): string {
  const reports = new Map<string, number>();
  const indexOf = (report: AlertReport): number => {
    const text = JSON.stringify(report);
    const index = reports.get(text) ?? reports.size;
    reports.set(text, index);
    return index;
  };
  const groups = state.groups.map((group) => ({
    ...group,
    waiting: group.waiting.map((waiting) => ({ ...waiting, report: indexOf(waiting.report) })),
  }));
  const lists: Packed = {
    subjects: [...state.subjects],
    reports: [...reports.keys()].map((text) => JSON.parse(text)),
    groups,
    silences: state.silences,
    windows: state.windows,
    remediationStarts: [...state.remediationStarts],
    starts: [...state.starts],
  };
  const packed = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
  if (Number.isFinite(state.nextDueMs)) packed["nextDueMs"] = state.nextDueMs;
  if (state.provenAtMs !== undefined) packed["provenAtMs"] = state.provenAtMs;
  return sealed(JSON.stringify(packed));
}

/** Throws when it is not as it was stored. */
export function unpackAlerting(text: string): AlertingState {
  const whole = text === NOTHING ? text : unsealed(text);
  const packed: Packed = JSON.parse(whole.replaceAll(EARLIER_KEY, renamed)); // what we have written
  const reports = packed.reports ?? [];
  return {
    subjects: new Map(packed.subjects),
    groups: (packed.groups ?? []).map((group) => ({
      ...group,
      waiting: group.waiting.flatMap((waiting) => withReport(waiting, reports)),
    })),
    silences: packed.silences ?? [],
    windows: packed.windows ?? [],
    remediationStarts: new Map(packed.remediationStarts),
    starts: new Map(packed.starts),
    nextDueMs: packed.nextDueMs ?? Infinity,
    ...(packed.provenAtMs !== undefined && { provenAtMs: packed.provenAtMs }),
  };
}

/** Keys of states that were stored before the words were the field's, and what they are called since. In a string the quotes would be escaped. */
const EARLIER_KEYS: Readonly<Record<string, string>> = {
  cover: "inhibition",
  flappingTold: "isFlappingNotified",
  gatherings: "groups",
  hasResponse: "hasRemediation",
  responded: "remediationStarts",
  told: "notifiedChannels",
  toldAtMs: "notifiedAtMs",
};
const EARLIER_KEY = new RegExp(`"(${Object.keys(EARLIER_KEYS).join("|")})":`, "g");

function renamed(_text: string, key: string): string {
  return `"${EARLIER_KEYS[key] ?? key}":`;
}

/** With its sum as the last key: a byte that flips on the disk may leave JSON of another meaning, or of another form. */
function sealed(json: string): string {
  return json === NOTHING ? json : `${json.slice(0, -1)}${SUM}${fnv1a(json)}}`;
}

/** Throws when it is not what was sealed. */
function unsealed(text: string): string {
  const end = text.lastIndexOf(SUM);
  const json = `${text.slice(0, Math.max(0, end))}}`;
  if (end <= 0 || text !== sealed(json)) throw new Error("not as it was stored");
  return json;
}

function withReport(waiting: PackedWaiting, reports: readonly AlertReport[]): Waiting[] {
  const report = reports[waiting.report];
  return report ? [{ ...waiting, report }] : [];
}
