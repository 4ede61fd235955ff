/**
 * What strangers may see, as values: made of the configuration, the last commit and the past of the services that are shown.
 * Pure. Shown as a page, as JSON, as badges and as a feed. Invariants: only services that `public:` names are in it, and they alone
 * decide the verdict; of a failure it has the sentence of its reason, and no other text of the monitor, of a target or of an alert.
 */
import type { MaintenanceWindow } from "../../shared/domain/alerting/maintenance-window.ts";
import type { Uptime } from "../../shared/domain/history/uptime.ts";
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import { overallStatus, type OverallStatus } from "../../shared/domain/monitoring/cluster-status.ts";
import type { StatusBoard } from "../../shared/domain/monitoring/status-board.ts";
import type { PlainConfig } from "../../shared/config/sections/registry.ts";
import { countedStatus } from "../page/blindness.ts";
import { currencyOf } from "../page/currency.ts";
import { shorten } from "../page/shorten.ts";
import { verdictSentence } from "../page/verdict.ts";
import { tellIncidents, type Incident, type Note, type Notice } from "./incident.ts";
import { overallSinceMs } from "./overall-since.ts";
import { listPlanned, type Planned } from "./planned.ts";
import type { PublicHistory } from "./public-history.ts";
import { PUBLIC_SENTENCES } from "./reason-sentences.ts";

export type PublicSettings = NonNullable<PlainConfig["public"]>;

export interface PublicStatus {
  readonly title: string;
  readonly isIndexed: boolean;
  /** A sentence that every reader must see; null: there is none. */
  readonly notice: string | null;
  readonly atMs: number;
  readonly overall: OverallStatus;
  readonly sinceMs: number | null;
  readonly sentence: string;
  /** Of the last check of one of the services, epoch ms; null before the first one. */
  readonly updatedAtMs: number | null;
  /** Nobody has looked for a while: the verdict is the last one that is known. */
  readonly isStale: boolean;
  /** The past cannot be read, or not up to now. */
  readonly isPastFailing: boolean;
  readonly groups: readonly { readonly name: string | null; readonly services: readonly PublicService[] }[];
  readonly services: ReadonlyMap<string, PublicService>;
  readonly planned: readonly Planned[];
  /** Of ninety days, newest first. */
  readonly incidents: readonly Incident[];
  /** What people have written and is about no incident, newest first. */
  readonly notices: readonly Notice[];
}

export interface PublicService {
  readonly id: string;
  readonly name: string;
  readonly status: CheckStatus;
  /** Why it is not healthy; null: it is, or nobody says why. */
  readonly sentence: string | null;
  readonly sinceMs: number | null;
  /** Null: it is not known at the moment. */
  readonly past: { readonly days: readonly string[]; readonly uptime: Uptime } | null;
}

/** What is configured of a service that is shown. */
interface ShownService {
  readonly id: string;
  readonly name: string;
  readonly critical: boolean;
  readonly intervalMs: number;
}

export interface StatusInput {
  readonly settings: PublicSettings;
  readonly servicesById: ReadonlyMap<string, ShownService>;
  readonly degradedThresholdPercent: number;
  readonly notice: string | null;
  /** As of an instant, by the last commit. */
  boardAt(atMs: number): StatusBoard;
  /** When each service was last checked, epoch ms. */
  readonly checkedAtMs: ReadonlyMap<string, number>;
  readonly windows: readonly MaintenanceWindow[];
  /** Null: it cannot be read. */
  readonly history: PublicHistory | null;
  /** Newest first. */
  readonly notes: readonly Note[];
  readonly isPastFailing: boolean;
  /** Since when the monitor is cut off from the network, epoch ms; null: it is not. */
  readonly isolatedSinceMs: number | null;
  readonly nowMs: number;
}

export function buildPublicStatus(input: StatusInput): PublicStatus {
  const { settings, servicesById, checkedAtMs, history, nowMs } = input;
  const board = input.boardAt(nowMs);
  const groups = settings.groups.map(({ name, services }) => ({
    name: name && shorten(name),
    services: services.flatMap((id) => servicesById.get(id) ?? []).map((each) => publicService(each, board, history)),
  }));
  const services = new Map(groups.flatMap((group) => group.services.map((service) => [service.id, service])));
  const shown = [...services.keys()].flatMap((id) => servicesById.get(id) ?? []);
  const checkTimes = shown.flatMap(({ id }) => checkedAtMs.get(id) ?? []);
  const updatedAtMs = checkTimes.length > 0 ? Math.max(...checkTimes) : null;
  const { isStale } = currencyOf(updatedAtMs, shown, nowMs);
  const names = new Map([...services.values()].map(({ id, name }) => [id, name]));
  return {
    title: shorten(settings.title),
    isIndexed: settings.isIndexed,
    notice: input.notice,
    atMs: nowMs,
    ...verdict(shown, input, isStale && updatedAtMs !== null ? input.boardAt(updatedAtMs) : board),
    updatedAtMs,
    isStale,
    isPastFailing: input.isPastFailing || history === null,
    groups,
    services,
    planned: listPlanned(input.windows, [...services.keys()], nowMs),
    ...tellIncidents(history?.outages ?? [], input.notes.map(cleanNote), names),
  };
}

function cleanNote(note: Note): Note {
  return { ...note, text: shorten(note.text) };
}

function publicService({ id, name }: ShownService, board: StatusBoard, history: PublicHistory | null): PublicService {
  const { status, reason, sinceMs } = board.services.get(id) ?? { status: "unknown", reason: null, sinceMs: null };
  const uptime = history?.services.get(id)?.uptime;
  return {
    id,
    name: shorten(name),
    status,
    sentence: reason && PUBLIC_SENTENCES[reason],
    sinceMs,
    past: history && uptime ? { days: history.days, uptime } : null,
  };
}

/** Of whose fault it is that nothing is known of them. */
const CUT_OFF = "The monitor itself is cut off from the network.";

/** By the rule of the whole cluster, over the services that are shown. */
function verdict(
  shown: readonly ShownService[],
  { checkedAtMs, degradedThresholdPercent, history, isolatedSinceMs }: StatusInput,
  board: StatusBoard,
): Pick<PublicStatus, "overall" | "sinceMs" | "sentence"> {
  const blindness = isolatedSinceMs === null ? null : ({ reason: "isolated", sinceMs: isolatedSinceMs } as const);
  const votes = shown.map(({ id, name, critical }) => {
    const status = countedStatus(board.services.get(id), blindness);
    return { name: shorten(name), critical, status, wasChecked: checkedAtMs.has(id) };
  });
  const overall = overallStatus(votes, degradedThresholdPercent);
  const voters = shown.map(({ id, critical }) => ({ critical, spans: history?.services.get(id)?.spans ?? [] }));
  const knownSinceMs = history && overallSinceMs(voters, { overall, degradedThresholdPercent });
  const sinceMs = knownSinceMs ?? (overall === "unknown" ? isolatedSinceMs : null);
  const sentence = verdictSentence(votes);
  return { overall, sinceMs, sentence: blindness ? `${sentence} ${CUT_OFF}` : sentence };
}
