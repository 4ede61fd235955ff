/**
 * What strangers may see, as values: made of the configuration, the last commit and the past of the services that are shown.
 * Pure. Shown as a page, as JSON, as badges and as a feed. Invariants: only services that `public:` names are in it, and they alone
 * decide the verdict; of a failure it has the sentence of its reason, and no other text of the monitor, of a target or of an alert.
 */
import type { MaintenanceWindow } from "../../shared/domain/alerting/maintenance-window.ts";
import { ISOLATION_NOTICED_MS } from "../../shared/domain/history/blind-spots.ts";
import type { Uptime } from "../../shared/domain/history/uptime.ts";
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import { electorate, overallStatus, type OverallStatus } from "../../shared/domain/monitoring/cluster-status.ts";
import type { ServiceState, StatusBoard } from "../../shared/domain/monitoring/status-board.ts";
import type { PlainConfig } from "../../shared/config/sections/registry.ts";
import { countedStatus, type Blindness } from "../page/blindness.ts";
import { currencyOf } from "../page/currency.ts";
import { shorten } from "../page/shorten.ts";
import { verdictSentence } from "../page/verdict.ts";
import { tellIncidents, type Incident, type Note, type Notice, type SeenOutage } from "./incident.ts";
import { overallSinceMs, upToNow } from "./overall-since.ts";
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
  /** Of one that is stale: since when the evidence is too old to know more, epoch ms; null: it is not so old yet. */
  readonly unknownSinceMs: number | null;
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
  const blindness = blindnessOf(input);
  const groups = settings.groups.map(({ name, services }) => ({
    name: name && shorten(name),
    services: services
      .flatMap((id) => servicesById.get(id) ?? [])
      .map((each) => publicService(each, { state: board.services.get(each.id), blindness, history })),
  }));
  const services = new Map(groups.flatMap((group) => group.services.map((service) => [service.id, service])));
  const shown = [...services.keys()].flatMap((id) => servicesById.get(id) ?? []);
  const checkTimes = shown.flatMap(({ id }) => checkedAtMs.get(id) ?? []);
  const updatedAtMs = checkTimes.length > 0 ? Math.max(...checkTimes) : null;
  const { isStale } = currencyOf(updatedAtMs, shown, nowMs);
  const names = new Map([...services.values()].map(({ id, name }) => [id, name]));
  const isSilent = isStale && updatedAtMs !== null;
  const present = verdict(shown, input, board);
  return {
    title: shorten(settings.title),
    isIndexed: settings.isIndexed,
    notice: input.notice,
    atMs: nowMs,
    ...(isSilent ? verdict(shown, input, input.boardAt(updatedAtMs)) : present),
    unknownSinceMs: isSilent && present.overall === "unknown" ? present.sinceMs : null,
    updatedAtMs,
    isStale,
    isPastFailing: input.isPastFailing || history === null,
    groups,
    services,
    planned: listPlanned(input.windows, [...services.keys()], nowMs),
    ...tellIncidents(
      (history?.outages ?? []).filter((outage) =>
        isKnownOutage(outage, board.services.get(outage.serviceId), blindness),
      ),
      input.notes.map(cleanNote),
      names,
    ),
  };
}

function cleanNote(note: Note): Note {
  return { ...note, text: shorten(note.text) };
}

function blindnessOf({ isolatedSinceMs }: Pick<StatusInput, "isolatedSinceMs">): Blindness | null {
  return isolatedSinceMs === null ? null : { reason: "isolated", sinceMs: isolatedSinceMs };
}

/** What a monitor that is cut off cannot reach is no outage of anybody else; one that began before goes on as far as is known. */
function isKnownOutage(
  { recoveredAtMs, sinceMs }: SeenOutage,
  state: ServiceState | undefined,
  blindness: Blindness | null,
): boolean {
  // Of one that is stored as out of reach the past has left out what is no outage.
  if (!blindness || recoveredAtMs !== null || state?.reason === "isolated") return true;
  if (countedStatus(state, blindness) !== "unknown") return true;
  return sinceMs < blindness.sinceMs - ISOLATION_NOTICED_MS;
}

interface Known {
  readonly state: ServiceState | undefined;
  readonly blindness: Blindness | null;
  readonly history: PublicHistory | null;
}

function publicService({ id, name }: ShownService, { state, blindness, history }: Known): PublicService {
  const uptime = history?.services.get(id)?.uptime;
  const past = history && uptime ? { days: history.days, uptime } : null;
  const status = countedStatus(state, blindness);
  if (blindness && state && status !== state.status)
    return { id, name: shorten(name), status, sentence: CUT_OFF, sinceMs: blindness.sinceMs, past };
  const { reason, sinceMs } = state ?? { reason: null, sinceMs: null };
  return { id, name: shorten(name), status, sentence: reason && PUBLIC_SENTENCES[reason], sinceMs, past };
}

/** Of whose fault it is that nothing is known of them. */
const CUT_OFF = PUBLIC_SENTENCES.isolated;

/** By the rule of the whole cluster, over the services that are shown. */
function verdict(
  shown: readonly ShownService[],
  input: StatusInput,
  board: StatusBoard,
): Pick<PublicStatus, "overall" | "sinceMs" | "sentence"> {
  const { checkedAtMs, degradedThresholdPercent } = input;
  const blindness = blindnessOf(input);
  const votes = shown.map(({ id, name, critical }) => {
    const status = countedStatus(board.services.get(id), blindness);
    return { name: shorten(name), critical, status, wasChecked: checkedAtMs.has(id) };
  });
  const overall = overallStatus(votes, degradedThresholdPercent);
  const sinceMs = sinceOf(overall, { shown, input, board });
  const sentence = verdictSentence(votes);
  return { overall, sinceMs, sentence: blindness ? `${sentence} ${CUT_OFF}` : sentence };
}

interface Voting {
  readonly shown: readonly ShownService[];
  readonly input: StatusInput;
  readonly board: StatusBoard;
}

/** Where all that decide are shown it is since when the cluster is so, as it is inside; else the past of those that are shown tells. */
function sinceOf(overall: OverallStatus, { shown, input, board }: Voting): number | null {
  const { history, isolatedSinceMs, servicesById, degradedThresholdPercent } = input;
  const deciding = electorate([...servicesById.values()]);
  if (overall === board.overall && deciding.every(({ id }) => shown.some((each) => each.id === id)))
    return board.overallSinceMs;
  const voters = shown.map(({ id, critical }) => {
    const spans = history?.services.get(id)?.spans ?? [];
    return { critical, spans: upToNow(spans, board.services.get(id)) };
  });
  const knownSinceMs = overallSinceMs(voters, { overall, degradedThresholdPercent });
  return knownSinceMs ?? (overall === "unknown" ? isolatedSinceMs : null);
}
