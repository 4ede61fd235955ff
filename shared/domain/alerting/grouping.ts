/**
 * Messages that belong together: the first is sent at once, what follows within ten seconds is one message more.
 * One gathering for each channel, severity, and for problems and ends apart, so that good news does not wait for bad. Pure.
 * Invariants: whatever comes in goes out exactly once (a report may be replaced by a newer one of the same alert), in order per
 * alert: the end of an alert never overtakes its beginning.
 */
import { bySeverity, type Severity } from "./alert.ts";
import { fnv1a } from "../text/fnv1a.ts";
import type { AlertReport, Notification, NotificationType } from "./notification.ts";

/** After a message, what comes in this time waits for the end of it. */
const GATHER_MS = 10_000;

/** Ends are told at once; only those that come right behind one another are one message. */
const GATHER_ENDS_MS = 3_000;

/** In a storm, when more is about to come, the second message waits longer, up to this. */
const STORM_GATHER_MS = 60_000;

/** So many more to come make a storm. */
const STORM = 3;

/** One alert on its way into a message of one channel. */
export interface Telling {
  readonly channel: string;
  /** The severity of the message it goes into: that of its alert, or of the one it is told with. */
  readonly as: Severity;
  readonly type: NotificationType;
  readonly report: AlertReport;
  readonly isLate: boolean;
}

export interface Gathering {
  readonly channel: string;
  readonly severity: Severity;
  readonly isEnd: boolean;
  readonly openedAtMs: number;
  readonly untilMs: number;
  readonly waiting: readonly Omit<Telling, "channel">[];
}

export interface Outgoing {
  readonly channel: string;
  readonly notification: Notification;
}

export interface GatheringInput {
  readonly nowMs: number;
  readonly node: string;
  /** In the order in which they happened. */
  readonly tellings: readonly Telling[];
  /** How many more alerts are about to be told on a channel with a severity, for all that is known. */
  upcoming(channel: string, severity: Severity): number;
  /** True: nothing waits, because nobody will look again soon. */
  readonly flush: boolean;
}

export interface Gathered {
  readonly gatherings: readonly Gathering[];
  /** In the order in which they are to be sent. */
  readonly outgoing: readonly Outgoing[];
}

/** Which of the waiting and the new goes out now, and what waits on. */
export function gather(before: readonly Gathering[], input: GatheringInput): Gathered {
  const desk = new Desk(before, input);
  for (const part of inOrder(input.tellings)) {
    for (const [key, tellings] of groups(part)) desk.take(key, tellings);
  }
  desk.closeDue();
  return { gatherings: desk.open(), outgoing: desk.outgoing };
}

/** The first instant at which something that waits goes out; Infinity when nothing waits. */
export function nextGatheringMs(gatherings: readonly Gathering[]): number {
  return Math.min(...gatherings.filter(({ waiting }) => waiting.length > 0).map(({ untilMs }) => untilMs), Infinity);
}

type Waiting = Omit<Telling, "channel">;
type Key = Pick<Gathering, "channel" | "severity" | "isEnd">;

class Desk {
  readonly outgoing: Outgoing[] = [];
  readonly #input: GatheringInput;
  readonly #open: Map<string, Gathering>;

  constructor(before: readonly Gathering[], input: GatheringInput) {
    this.#input = input;
    this.#open = new Map(before.map((gathering) => [textOf(gathering), gathering]));
  }

  take(key: Key, tellings: readonly Waiting[]): void {
    const { nowMs } = this.#input;
    this.#keepOrder(key, tellings);
    const gathering = this.#open.get(textOf(key));
    const isOver =
      gathering && gathering.untilMs <= nowMs && gathering.waiting.length === 0 && !this.#isStorm(gathering);
    if (gathering && !isOver) {
      this.#open.set(textOf(key), { ...gathering, waiting: [...gathering.waiting, ...tellings] });
      return;
    }
    this.#send(key, tellings);
    this.#open.set(textOf(key), { ...key, openedAtMs: nowMs, untilMs: nowMs + spanOf(key), waiting: [] });
  }

  closeDue(): void {
    const { nowMs, flush } = this.#input;
    for (const [text, gathering] of this.#open) {
      if (!flush && gathering.untilMs > nowMs) continue;
      if (!flush && this.#isStorm(gathering)) {
        this.#open.set(text, { ...gathering, untilMs: Math.min(nowMs + GATHER_MS, limitOf(gathering)) });
        continue;
      }
      this.#open.delete(text);
      if (gathering.waiting.length === 0) continue;
      this.#send(gathering, gathering.waiting);
      if (!flush) this.#open.set(text, { ...gathering, openedAtMs: nowMs, untilMs: nowMs + GATHER_MS, waiting: [] });
    }
  }

  open(): Gathering[] {
    return [...this.#open.values()];
  }

  #isStorm(gathering: Gathering): boolean {
    const { nowMs, upcoming } = this.#input;
    if (gathering.isEnd || nowMs >= limitOf(gathering)) return false;
    const coming = upcoming(gathering.channel, gathering.severity);
    return coming > 0 && gathering.waiting.length + coming >= STORM;
  }

  /**
   * A channel hears of one subject in the order in which things happened: the beginning before its end, the end before the next
   * beginning. What waits with the severity that an alert had before is replaced by what is told of it now.
   */
  #keepOrder(key: Key, tellings: readonly Waiting[]): void {
    const names = new Set(tellings.map(({ report }) => subjectOf(report)));
    const ids = new Set(tellings.map(({ report }) => report.id));
    for (const [text, gathering] of this.#open) {
      if (gathering.channel !== key.channel || text === textOf(key)) continue;
      const { waiting, isEnd } = gathering;
      if (isEnd === key.isEnd) {
        const others = waiting.filter(({ report }) => !ids.has(report.id));
        if (others.length < waiting.length) this.#open.set(text, { ...gathering, waiting: others });
      } else if (waiting.some(({ report }) => ids.has(report.id) || names.has(subjectOf(report)))) {
        this.#send(gathering, waiting);
        this.#open.set(text, { ...gathering, waiting: [] });
      }
    }
  }

  #send({ channel }: Key, tellings: readonly Waiting[]): void {
    const { nowMs, node } = this.#input;
    this.outgoing.push({ channel, notification: notificationOf(channel, tellings, { nowMs, node }) });
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
export function notificationOf(
  channel: string,
  tellings: readonly Waiting[],
  { nowMs, node }: { readonly nowMs: number; readonly node: string },
): Notification {
  const alerts = uniqueReports(tellings).sort((left, right) => bySeverity(left.severity, right.severity));
  const types = new Set(tellings.map(({ type }) => type));
  const type = TYPE_ORDER.find((each) => types.has(each)) ?? "alert.firing";
  const content = [channel, type, ...alerts.map(({ id, level }) => `${id}/${level}`)].join(" ");
  const digest = [content, `${content} again`].map((text) => fnv1a(text).toString(36)).join("");
  return {
    id: `${nowMs.toString(36)}-${digest}`,
    type,
    atMs: nowMs,
    node,
    severity: alerts[0]?.severity ?? "info",
    alerts,
    isLate: tellings.some((telling) => telling.isLate),
  };
}

/** An alert that comes in twice (fired, then escalated while it waited) is told as it was last. */
function uniqueReports(tellings: readonly Waiting[]): AlertReport[] {
  return [...new Map(tellings.map(({ report }) => [report.id, report])).values()];
}

/** What begins and ends at once is told of in this order; other beginnings come after the ends. */
function inOrder(tellings: readonly Telling[]): Telling[][] {
  const ends = tellings.filter(({ type }) => type === "alert.resolved");
  const ended = new Set(ends.map(({ report }) => report.id));
  const beginnings = tellings.filter(({ type }) => type !== "alert.resolved");
  return [
    beginnings.filter(({ report }) => ended.has(report.id)),
    ends,
    beginnings.filter(({ report }) => !ended.has(report.id)),
  ];
}

function groups(tellings: readonly Telling[]): Map<Key, Waiting[]> {
  const found = new Map<string, { key: Key; waiting: Waiting[] }>();
  for (const { channel, ...waiting } of tellings) {
    const key = { channel, severity: waiting.as, isEnd: waiting.type === "alert.resolved" };
    const group = found.get(textOf(key)) ?? { key, waiting: [] };
    group.waiting.push(waiting);
    found.set(textOf(key), group);
  }
  return new Map([...found.values()].map(({ key, waiting }) => [key, waiting]));
}

function subjectOf({ service, name }: AlertReport): string {
  return `${service} ${name}`;
}

function textOf({ channel, severity, isEnd }: Key): string {
  return `${channel} ${severity} ${isEnd}`;
}

function spanOf({ isEnd }: Key): number {
  return isEnd ? GATHER_ENDS_MS : GATHER_MS;
}

function limitOf({ openedAtMs }: Gathering): number {
  return openedAtMs + STORM_GATHER_MS;
}
