/**
 * Reads what the view Now shows. Knows storage and the snapshot, no markup.
 */
import { DECISIONS } from "../../shared/domain/alerting/alert.ts";
import { parseService, subjectImpact, subjectName } from "../../shared/domain/alerting/alerting-state.ts";
import { findDueStep, type Policies } from "../../shared/domain/alerting/escalation.ts";
import { listOpen, type OpenSubject } from "../../shared/domain/alerting/list-open.ts";
import { listAlertMessages } from "../../shared/storage/alert-messages.ts";
import { listTransitions } from "../../shared/storage/transition-log.ts";
import type { AlertMessage } from "../../shared/domain/alerting/alert-timeline.ts";
import type { MonitorContext } from "../context.ts";
import { openTimeRange } from "../http/parameters.ts";
import { bannersOf, ownFaultsOf, silentSince, unreadableBanner, type Banner } from "./banners.ts";
import { isolatedSince } from "./blindness.ts";
import { channelsTold } from "./channels-told.ts";
import { buildNow, MOST_CARDS, withPasts, type NowModel, type Problem } from "./now-model.ts";
import { shorten } from "./shorten.ts";
import { wellAgain } from "./status-words.ts";

/** Of what happened: recoveries among them, which are not shown by themselves. */
const TRANSITIONS = 24;

const NEWEST_TRANSITIONS = { ...openTimeRange({}), after: null, limit: TRANSITIONS, service: null };

/** Looked through for who has been told, each time: of what was decided longer ago, only that it was decided is said. */
const NEWEST_MESSAGES = 500;

/** What of the past could not be read is left out, and a banner says so; rejects when the last commit cannot be read. */
export async function readNow(context: MonitorContext, nowMs: number, filter = ""): Promise<NowModel> {
  const { services, servicesById, alerting, roster } = context.cluster();
  const snapshot = await context.snapshots.read();
  const open = snapshot ? listOpen(snapshot.alerting, servicesById.keys()) : [];
  const past = new ReadPast(context);
  const [transitions, messages] = await Promise.all([
    past.read(() => listTransitions(context, NEWEST_TRANSITIONS), []),
    past.read(() => readMessages(context, open), []),
  ]);
  const known = { services: servicesById, policies: alerting.policies, messages };
  const now = buildNow({
    snapshot,
    board: context.boards.of(snapshot, nowMs),
    services: services.map(({ group, machine, ...service }) => ({ ...service, group: group ?? machine })),
    banners: bannersOf(ownFaultsOf(snapshot), context, silentSince(context, snapshot, nowMs)),
    problems: open.map((each) => describeProblem(each, known)),
    isolatedSinceMs: isolatedSince(open),
    filter,
    isLasting: context.startedAtMs !== null,
    transitions,
    nowMs,
  });
  const shown = new Set(now.groups.flatMap(({ rows }) => rows.map(({ id }) => id)));
  const entries = roster.filter(({ id }) => shown.has(id));
  const pasts = await past.read(() => context.pasts.of(entries, nowMs), new Map());
  return withPasts({ ...now, banners: [...past.banners, ...now.banners] }, pasts);
}

/** Reads parts of the past for one page, which is made without them where they cannot be read. */
class ReadPast {
  readonly #context: MonitorContext;
  #fault: { readonly error: unknown } | null = null;

  constructor(context: MonitorContext) {
    this.#context = context;
  }

  async read<Part>(read: () => Promise<Part>, otherwise: Part): Promise<Part> {
    try {
      return await read();
    } catch (error) {
      this.#context.log.write("error", "a part of the page cannot be read", { error: String(error) });
      this.#fault ??= { error };
      return otherwise;
    }
  }

  /** Of the first that could not be read. */
  get banners(): readonly Banner[] {
    return this.#fault ? [unreadableBanner(this.#fault.error, this.#context)] : [];
  }
}

/** About those alone that have a card and of which somebody is told. */
function readMessages(context: MonitorContext, open: readonly OpenSubject[]): Promise<AlertMessage[]> {
  const shown = open.slice(0, MOST_CARDS).filter(({ alert }) => alert.notifiedChannels.length > 0);
  return listAlertMessages(
    context,
    shown.map(({ alert }) => alert.id),
    NEWEST_MESSAGES,
  );
}

interface Known {
  readonly services: ReadonlyMap<string, { readonly name: string; readonly impact: string | null }>;
  readonly policies: Policies;
  readonly messages: readonly AlertMessage[];
}

function describeProblem(
  { subject, alert, failures, successes }: OpenSubject,
  { services, policies, messages }: Known,
): Problem {
  const next = findDueStep(alert, policies);
  const own = messages.filter(({ alertIds }) => alertIds.includes(alert.id));
  const { acknowledgedBy: by, acknowledgedUntilMs: untilMs } = alert;
  return {
    id: alert.id,
    serviceId: parseService(subject),
    isFiring: alert.state === "firing",
    name: shorten(subjectName(subject, services)),
    severity: alert.severity,
    status: alert.status,
    message: alert.message && shorten(alert.message),
    impact: subjectImpact(subject, alert.status, services),
    sinceMs: alert.sinceMs,
    failures,
    wellAgain: wellAgain(successes),
    told: channelsTold(alert.notifiedChannels, own),
    decision: DECISIONS[alert.decision],
    isNobodyTold: alert.decision === "no_channel",
    next: next && { atMs: next.dueMs, channels: next.channels },
    acknowledged: by === null ? null : { by, untilMs },
  };
}
