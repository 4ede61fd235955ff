/**
 * Messages that belong together: the first is sent at once, what follows within ten seconds is one message more.
 * One group for each channel, severity, and for problems and ends apart, so that good news does not wait for bad. Pure.
 * Invariants: whatever comes in goes out exactly once (a report may be replaced by a newer one of the same alert), in order per
 * alert: the end of an alert never overtakes its beginning.
 */
import { bySeverity, type Severity } from "./alert.ts";
import { fnv1a } from "../text/fnv1a.ts";
import type { AlertReport, Notification, NotificationType } from "./notification.ts";

/** After a message, what comes in this time waits for the end of it. */
const GROUP_INTERVAL_MS = 10_000;

/** Ends are told at once; only those that come right behind one another are one message. */
const GROUP_INTERVAL_ENDS_MS = 3_000;

/** In a storm, when more is about to come, the second message waits longer, up to this: a cadence and three checks that time out. */
const STORM_GROUP_INTERVAL_MS = 90_000;

/** So many more to be told make a storm. */
const STORM = 2;

/** One alert on its way into a message of one channel. */
export interface Dispatch {
  readonly channel: string;
  /** The severity of the message it goes into: that of its alert, or of the one it is told with. */
  readonly as: Severity;
  readonly type: NotificationType;
  readonly report: AlertReport;
  readonly isLate: boolean;
  /** It is told to whom it is new, and to nobody else. Absent: to everybody. */
  readonly catchesUp?: boolean;
}

export interface DispatchGroup {
  readonly channel: string;
  readonly severity: Severity;
  readonly isEnd: boolean;
  readonly openedAtMs: number;
  readonly untilMs: number;
  readonly waiting: readonly Omit<Dispatch, "channel">[];
}

export interface Outgoing {
  readonly channel: string;
  readonly notification: Notification;
}

export interface GroupingInput {
  readonly nowMs: number;
  readonly node: string;
  /** In the order in which they happened. */
  readonly dispatches: readonly Dispatch[];
  /** How many more alerts than those that wait in the group are about to be told with it, for all that is known. */
  upcoming(group: Pick<DispatchGroup, "channel" | "severity" | "waiting">): number;
  /** True: nothing waits, because nobody will look again soon. */
  readonly flush: boolean;
}

export interface GroupingResult {
  readonly groups: readonly DispatchGroup[];
  /** In the order in which they are to be sent. */
  readonly outgoing: readonly Outgoing[];
}

/** Which of the waiting and the new goes out now, and what waits on. */
export function groupDispatches(before: readonly DispatchGroup[], input: GroupingInput): GroupingResult {
  const desk = new Desk(before, input);
  for (const part of inOrder(input.dispatches)) {
    for (const [key, dispatches] of partition(part)) desk.take(key, dispatches);
  }
  desk.closeDue();
  return { groups: desk.open(), outgoing: desk.outgoing };
}

/** The first instant at which something that waits goes out; Infinity when nothing waits. */
export function nextGroupMs(groups: readonly DispatchGroup[]): number {
  return Math.min(...groups.filter(({ waiting }) => waiting.length > 0).map(({ untilMs }) => untilMs), Infinity);
}

type Waiting = Omit<Dispatch, "channel">;
type Key = Pick<DispatchGroup, "channel" | "severity" | "isEnd">;

class Desk {
  readonly outgoing: Outgoing[] = [];
  readonly #input: GroupingInput;
  readonly #open: Map<string, DispatchGroup>;

  constructor(before: readonly DispatchGroup[], input: GroupingInput) {
    this.#input = input;
    this.#open = new Map(before.map((group) => [formatGroupKey(group), group]));
  }

  take(key: Key, dispatches: readonly Waiting[]): void {
    const { nowMs } = this.#input;
    this.#keepOrder(key, dispatches);
    const group = this.#open.get(formatGroupKey(key));
    const joined = group && { ...group, waiting: [...group.waiting, ...dispatches] };
    const isOver = group && group.untilMs <= nowMs && group.waiting.length === 0 && !this.#isStorm(joined ?? group);
    if (joined && !isOver) {
      this.#open.set(formatGroupKey(key), joined);
      return;
    }
    this.#send(key, dispatches);
    const intervalMs = key.isEnd ? GROUP_INTERVAL_ENDS_MS : GROUP_INTERVAL_MS;
    this.#open.set(formatGroupKey(key), { ...key, openedAtMs: nowMs, untilMs: nowMs + intervalMs, waiting: [] });
  }

  closeDue(): void {
    const { nowMs, flush } = this.#input;
    for (const [text, group] of this.#open) {
      if (!flush && group.untilMs > nowMs) continue;
      if (!flush && this.#isStorm(group)) {
        this.#open.set(text, { ...group, untilMs: Math.min(nowMs + GROUP_INTERVAL_MS, latestEndMs(group)) });
        continue;
      }
      this.#open.delete(text);
      if (group.waiting.length === 0) continue;
      this.#send(group, group.waiting);
      if (!flush)
        this.#open.set(text, { ...group, openedAtMs: nowMs, untilMs: nowMs + GROUP_INTERVAL_MS, waiting: [] });
    }
  }

  open(): DispatchGroup[] {
    return [...this.#open.values()];
  }

  #isStorm(group: DispatchGroup): boolean {
    const { nowMs, upcoming } = this.#input;
    if (group.isEnd || nowMs >= latestEndMs(group)) return false;
    const coming = upcoming(group);
    return coming > 0 && group.waiting.length + coming >= STORM;
  }

  /**
   * A channel hears of one subject in the order in which things happened: the beginning before its end, the end before the next
   * beginning. What waits with the severity that an alert had before is replaced by what is told of it now.
   */
  #keepOrder(key: Key, dispatches: readonly Waiting[]): void {
    const names = new Set(dispatches.map(({ report }) => formatSubject(report)));
    const ids = new Set(dispatches.map(({ report }) => report.id));
    for (const [text, group] of this.#open) {
      if (group.channel !== key.channel || text === formatGroupKey(key)) continue;
      const { waiting, isEnd } = group;
      if (isEnd === key.isEnd) {
        const others = waiting.filter(({ report }) => !ids.has(report.id));
        if (others.length < waiting.length) this.#open.set(text, { ...group, waiting: others });
      } else if (waiting.some(({ report }) => ids.has(report.id) || names.has(formatSubject(report)))) {
        this.#send(group, waiting);
        this.#open.set(text, { ...group, waiting: [] });
      }
    }
  }

  #send({ channel }: Key, dispatches: readonly Waiting[]): void {
    const { nowMs, node } = this.#input;
    this.outgoing.push({ channel, notification: buildNotification(channel, dispatches, { nowMs, node }) });
  }
}

const TYPE_ORDER: readonly NotificationType[] = [
  "alert.firing",
  "alert.escalated",
  "alert.flapping",
  "alert.reminder",
  "alert.resolved",
];

/** One message about several alerts has the type that asks for most attention. */
export function buildNotification(
  channel: string,
  dispatches: readonly Waiting[],
  { nowMs, node }: { readonly nowMs: number; readonly node: string },
): Notification {
  // An alert that comes in twice (fired, then escalated while it waited) is told as it was last.
  const reports = new Map(dispatches.map(({ report }) => [report.id, report]));
  const alerts = [...reports.values()].sort((left, right) => bySeverity(left.severity, right.severity));
  const types = new Set(dispatches.map(({ type }) => type));
  const type = TYPE_ORDER.find((each) => types.has(each)) ?? "alert.firing";
  const toEverybody = new Set(dispatches.flatMap(({ report, catchesUp }) => (catchesUp ? [] : [report.id])));
  const catchesUpOn = [...reports.keys()].filter((id) => !toEverybody.has(id));
  const content = [channel, type, ...alerts.map(({ id, level }) => `${id}/${level}`)].join(" ");
  const digest = [content, `${content} again`].map((text) => fnv1a(text).toString(36)).join("");
  return {
    id: `${nowMs.toString(36)}-${digest}`,
    type,
    atMs: nowMs,
    node,
    severity: alerts[0]?.severity ?? "info",
    alerts,
    isLate: dispatches.some((dispatch) => dispatch.isLate),
    ...(catchesUpOn.length > 0 && { catchesUpOn }),
  };
}

/** What begins and ends at once is told of in this order; other beginnings come after the ends. */
function inOrder(dispatches: readonly Dispatch[]): Dispatch[][] {
  const ends = dispatches.filter(({ type }) => type === "alert.resolved");
  const ended = new Set(ends.map(({ report }) => report.id));
  const beginnings = dispatches.filter(({ type }) => type !== "alert.resolved");
  return [
    beginnings.filter(({ report }) => ended.has(report.id)),
    ends,
    beginnings.filter(({ report }) => !ended.has(report.id)),
  ];
}

function partition(dispatches: readonly Dispatch[]): Map<Key, Waiting[]> {
  const found = new Map<string, { key: Key; waiting: Waiting[] }>();
  for (const { channel, ...waiting } of dispatches) {
    const key = { channel, severity: waiting.as, isEnd: waiting.type === "alert.resolved" };
    const group = found.get(formatGroupKey(key)) ?? { key, waiting: [] };
    group.waiting.push(waiting);
    found.set(formatGroupKey(key), group);
  }
  return new Map([...found.values()].map(({ key, waiting }) => [key, waiting]));
}

function formatSubject({ service, name }: AlertReport): string {
  return `${service} ${name}`;
}

export function formatGroupKey({ channel, severity, isEnd }: Key): string {
  return `${channel} ${severity} ${isEnd}`;
}

function latestEndMs({ openedAtMs }: DispatchGroup): number {
  return openedAtMs + STORM_GROUP_INTERVAL_MS;
}
