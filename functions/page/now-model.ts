/**
 * What the page says of the present moment, made of the last commit: values only, no markup.
 * Used by the view Now. Pure. Invariants: what is not measured is null; what is stale takes the verdict back; text of services is
 * clean and short.
 */
import type { Severity } from "../../shared/domain/alerting/alert.ts";
import type { NewsPlace } from "../../shared/domain/history/news-place.ts";
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import { overallStatus, type OverallStatus } from "../../shared/domain/monitoring/cluster-status.ts";
import type { StatusBoard } from "../../shared/domain/monitoring/status-board.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import type { EndedTransition } from "../../shared/storage/transition-log.ts";
import type { Banner } from "./banners.ts";
import { countedStatus, findBlindness, type Blindness } from "./blindness.ts";
import type { ToldChannel } from "./channels-told.ts";
import { currencyOf } from "./currency.ts";
import { groupRows, type RowGroup } from "./group-rows.ts";
import type { ServicePast } from "./pasts.ts";
import { serviceRow, sortRows, type ListedService } from "./service-row.ts";
import { shorten } from "./shorten.ts";
import { verdictSentence } from "./verdict.ts";

/** The worst ones; when a switch fails there may be hundreds, and the services below are what a person looks for then. */
export const MOST_CARDS = 12;

const MOST_EVENTS = 8;
/** As an id of an event can say it; no cluster has as many services. */
const MOST_STALE = 9_999;

export interface NowModel {
  /** Of the commit, 0 before the first one; and how much is stale, which grows until the next one. */
  readonly place: NewsPlace;
  /** From this instant on it says something else, though nothing is committed; Infinity: never. */
  readonly changesAtMs: number;
  readonly overall: OverallStatus;
  readonly sinceMs: number | null;
  readonly sentence: string;
  /** Why the monitor itself does not know; null: it does. */
  readonly blindness: Blindness | null;
  /** Of the last commit, epoch ms; null before the first one. */
  readonly updatedAtMs: number | null;
  readonly isStale: boolean;
  /** How old the last commit may be and still be of now. */
  readonly staleAfterMs: number;
  /** About the monitor itself. */
  readonly banners: readonly Banner[];
  readonly problems: readonly Problem[];
  /** In each what needs a look comes first. */
  readonly groups: readonly RowGroup[];
  /** Newest first; that something is well again is how long it lasted. */
  readonly events: readonly PastEvent[];
}

/** An open alert. */
export interface Problem {
  readonly id: string;
  /** Null: about the monitor itself. */
  readonly serviceId: string | null;
  readonly isFiring: boolean;
  readonly name: string;
  readonly severity: Severity;
  readonly status: CheckStatus;
  readonly message: string | null;
  /** What people lack because of it; null: nobody said, or it is not down. */
  readonly impact: string | null;
  readonly sinceMs: number;
  readonly failures: number;
  /** Null: it still fails. */
  readonly wellAgain: string | null;
  /** Empty: nobody is to be told yet, or at all. */
  readonly told: readonly ToldChannel[];
  readonly decision: string;
  readonly isNobodyTold: boolean;
  /** Null: something other than time keeps it quiet, or nobody is left to be told. */
  readonly next: { readonly atMs: number; readonly channels: readonly string[] } | null;
  readonly acknowledged: { readonly by: string; readonly untilMs: number | null } | null;
}

export interface PastEvent {
  readonly atMs: number;
  readonly name: string;
  readonly to: CheckStatus;
  readonly message: string | null;
  readonly lastedMs: number | null;
}

export interface NowInput {
  readonly snapshot: Snapshot | null;
  readonly board: StatusBoard;
  /** In the order of the configuration. */
  readonly services: readonly (ListedService & { readonly intervalMs: number })[];
  /** Words that are looked for among the services. Absent: none. */
  readonly filter?: string;
  readonly banners: readonly Banner[];
  readonly problems: readonly Problem[];
  /** Since when the monitor is cut off from the network, epoch ms; null: it is not. */
  readonly isolatedSinceMs: number | null;
  /** A process stays alive; where none does, nobody knows why nothing new has come. */
  readonly isLasting: boolean;
  /** Newest first. */
  readonly transitions: readonly EndedTransition[];
  readonly nowMs: number;
}

export function buildNow(input: NowInput): NowModel {
  const { snapshot, board, services, banners, problems, transitions, nowMs } = input;
  const rows = services.map((service) => serviceRow(service, { board, snapshot }));
  const names = new Map(services.map(({ id, name }) => [id, name]));
  const { staleAfterMs, isStale } = currencyOf(snapshot?.moment.atMs ?? null, services, nowMs);
  const staleAtMs = snapshot ? snapshot.moment.atMs + staleAfterMs + 1 : Infinity;
  const unknown = rows.filter(({ status }) => status === "unknown").length;
  return {
    place: { generation: snapshot?.generation ?? 0, told: Math.min(MOST_STALE, unknown + (isStale ? 1 : 0)) },
    changesAtMs: Math.min(board.staleAtMs, isStale ? Infinity : staleAtMs),
    ...verdictOf(input),
    updatedAtMs: snapshot?.moment.atMs ?? null,
    isStale,
    staleAfterMs,
    banners,
    problems,
    groups: groupRows(sortRows(rows), rows, input.filter),
    events: transitions
      .filter(({ to }) => to !== "healthy")
      .slice(0, MOST_EVENTS)
      .map((each) => pastEvent(each, names)),
  };
}

/** As the cluster is by its last commit, but for what a monitor that is cut off cannot know. */
function verdictOf({
  snapshot,
  board,
  services,
  isolatedSinceMs,
  isLasting,
}: NowInput): Pick<NowModel, "overall" | "sinceMs" | "sentence" | "blindness"> {
  const states = services.map(({ id }) => board.services.get(id));
  const atMs = isLasting ? (snapshot?.moment.atMs ?? null) : null;
  const blindness = findBlindness({ states, atMs, isolatedSinceMs });
  const seen = services.map(({ id, name, critical }, index) => {
    const status = countedStatus(states[index], blindness);
    return { name: shorten(name), critical, status, wasChecked: snapshot?.moment.checks.has(id) ?? false };
  });
  const counted = { sentence: verdictSentence(seen), blindness };
  if (isolatedSinceMs !== null) {
    const overall = overallStatus(seen, snapshot?.moment.degradedThresholdPercent);
    if (overall !== board.overall) return { ...counted, overall, sinceMs: isolatedSinceMs };
  }
  return { ...counted, overall: board.overall, sinceMs: board.overallSinceMs };
}

/** With what is known of the past of the services that are shown. */
export function withPasts(now: NowModel, pasts: ReadonlyMap<string, ServicePast>): NowModel {
  const groups = now.groups.map(({ rows, ...group }) => ({
    ...group,
    rows: rows.map((row) => ({ ...row, past: pasts.get(row.id) ?? null })),
  }));
  return { ...now, groups };
}

function pastEvent(
  { atMs, serviceId, to, message, endedAtMs }: EndedTransition,
  names: ReadonlyMap<string, string>,
): PastEvent {
  const lastedMs = endedAtMs === null ? null : endedAtMs - atMs;
  return { atMs, name: shorten(names.get(serviceId) ?? serviceId), to, message: message && shorten(message), lastedMs };
}
