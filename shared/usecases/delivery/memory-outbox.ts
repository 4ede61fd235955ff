/**
 * An outbox in memory, for one process: it takes the place of the stored one while that fails.
 * Used by outbox-switch.ts, which tells it what is stored while storage works, and has it written back afterwards.
 * Invariants: what has ended here is never given out again, also when it is handed over once more; nothing overtakes a message about
 * the same alert, not even one of which only storage has the text.
 */
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import type { Notification } from "../../domain/alerting/notification.ts";
import type { RelatedMessage } from "../../domain/alerting/same-message.ts";
import { elsewhereAtMs } from "../../domain/alerting/told-elsewhere.ts";
import { dueFrom } from "../../domain/monitoring/clock-lead.ts";
import {
  COUNTED_MS,
  type AttemptResult,
  type ChannelState,
  type ClaimedNotification,
  type Outbox,
  type PendingNotification,
} from "../../ports/outbox.ts";
import type { News } from "../sweeping/news.ts";

interface Message extends PendingNotification {
  /** Null: only storage has it. */
  readonly notification: Notification | null;
  readonly attempts: number;
  /** Whose writing stores it: that of a commit, or of the result that forwarded it; null: it is stored. */
  readonly storedBy: "commit" | "result" | null;
}

interface Result {
  readonly result: AttemptResult;
  /** Storage has it; null: storage will never take it. */
  readonly isWritten: boolean | null;
}

/** What is told elsewhere is written down beside what became of the attempts. */
function keyOf({ id, settlement }: AttemptResult): string {
  return settlement.kind === "elsewhere" ? `${id} elsewhere` : id;
}

/** Null: only storage has its text. */
function asRelated(message: Message): RelatedMessage | null {
  const { id, channel, alertIds, fingerprint, notification } = message;
  if (!notification) return null;
  const { type, atMs, catchesUpOn = null } = notification;
  const known = { id, channel, alertIds, fingerprint, elsewhereAtMs: message.elsewhereAtMs };
  return { ...known, type, atMs, catchesUpOn, state: "pending", failure: null };
}

/** The message after its last attempt, as storage writes that down; none when others have taken its place. */
function afterAttempt(message: RelatedMessage, result: AttemptResult | undefined): RelatedMessage[] {
  if (!result) return [message];
  const { settlement, channel, alertIds = message.alertIds } = result;
  const told = { ...message, alertIds, fingerprint: channel?.fingerprint ?? message.fingerprint };
  switch (settlement.kind) {
    case "again":
      return [{ ...message, fingerprint: settlement.fingerprint, failure: settlement.failure }];
    case "sent":
      return [{ ...told, state: "sent", failure: null }];
    case "failed":
      return [{ ...told, state: "failed", failure: settlement.failure }];
    case "elsewhere":
      return [message];
    case "replaced":
      return [];
  }
}

/** What was sent may be handed over once more, when the answer to its commit was lost: within seconds. */
const REMEMBERED_MS = 3_600_000;

export class MemoryOutbox implements Pick<Outbox, "listPending" | "channelStates" | "claim" | "extend" | "peek"> {
  /** By id, in the order in which they were decided. */
  #messages = new Map<string, Message>();
  /** By id of the message: how its last attempt ended. See keyOf; what it was before it was given back has a key of its own. */
  readonly #results = new Map<string, Result>();
  #states = new Map<string, ChannelState>();
  #givenBack = 0;

  /** True when there is something that storage cannot have: then it does not matter that storage fails. */
  get hasWork(): boolean {
    return [...this.#messages.values()].some(
      (each) => each.storedBy !== null || (each.notification && this.waits(each.id)),
    );
  }

  /** True when storage has everything. */
  get isWritten(): boolean {
    const isStored = [...this.#messages.values()].every(({ storedBy }) => storedBy === null);
    return isStored && [...this.#results.values()].every(({ isWritten }) => isWritten !== false);
  }

  /** As storage lists them; whatever it does not list is over. */
  know(listed: readonly PendingNotification[]): void {
    const unknown = { notification: null, attempts: 0, storedBy: null };
    this.#messages = new Map(listed.map((each) => [each.id, { ...(this.#messages.get(each.id) ?? unknown), ...each }]));
  }

  /** Those of which only storage has the text, in order. */
  get textless(): string[] {
    return [...this.#messages.values()].filter((each) => !each.notification && this.waits(each.id)).map(({ id }) => id);
  }

  /** The text of one that storage has, as it says; null: it is over. */
  learn(id: string, text: ClaimedNotification | null): void {
    const message = this.#messages.get(id);
    if (!message || message.notification) return;
    if (text) this.#messages.set(id, { ...message, ...text });
    else this.#messages.delete(id);
  }

  knowStates(states: readonly ChannelState[]): void {
    this.#states = new Map(states.map((state) => [state.name, state]));
  }

  take({ stored, unstored }: News): void {
    const ids = new Set(unstored.map(({ notification }) => notification.id));
    for (const [id, message] of this.#messages) {
      // Stored by now, or never to be.
      if (message.storedBy === "commit" && !ids.has(id)) this.#messages.set(id, { ...message, storedBy: null });
    }
    for (const each of stored) this.#add(each, each.notification.atMs, null);
    for (const { channel, notification } of unstored) {
      // Its receiver is told why nobody finds it in the history.
      this.#add({ channel, notification: { ...notification, isUnsaved: true } }, notification.atMs, "commit");
    }
    this.#forgetEnded(ids);
  }

  async listPending(): Promise<PendingNotification[]> {
    const waiting = [...this.#messages.values()].filter((each) => this.waits(each.id));
    return waiting.map((each) => (each.notification ? each : { ...each, claimedUntilMs: Infinity }));
  }

  async claim(...[id, { nowMs, untilMs }]: Parameters<Outbox["claim"]>): Promise<ClaimedNotification | null> {
    const message = this.#messages.get(id);
    if (!message?.notification || !this.waits(message.id)) return null;
    if (dueFrom(message.claimedUntilMs, nowMs) > nowMs) return null;
    const { notification } = message;
    const attempts = message.attempts + 1;
    this.#messages.set(id, { ...message, attempts, claimedUntilMs: untilMs });
    return { notification, attempts };
  }

  async extend(...[id, { attempt, untilMs }]: Parameters<Outbox["extend"]>): Promise<void> {
    const message = this.#messages.get(id);
    const isOwn = message?.attempts === attempt && message.claimedUntilMs > 0;
    if (isOwn) this.#messages.set(id, { ...message, claimedUntilMs: untilMs });
  }

  async peek(id: string): Promise<ClaimedNotification | null> {
    const message = this.#messages.get(id);
    if (!message?.notification || !this.waits(id)) return null;
    return { notification: message.notification, attempts: message.attempts };
  }

  settle(result: AttemptResult): void {
    const { id, atMs, settlement, channel, forwarded } = result;
    this.#results.set(keyOf(result), { result, isWritten: false });
    if (channel) this.#states.set(channel.name, channel);
    const message = this.#messages.get(id);
    if (message && settlement.kind === "again") {
      const { dueMs, fingerprint, attempt: attempts } = settlement;
      const createdAtMs = Math.min(message.createdAtMs, atMs);
      this.#messages.set(id, { ...message, createdAtMs, dueMs, fingerprint, attempts, claimedUntilMs: 0 });
    }
    const sinceMs = settlement.kind === "replaced" ? settlement.createdAtMs : atMs;
    if (message && settlement.kind === "elsewhere") this.#messages.set(id, { ...message, elsewhereAtMs: null });
    for (const each of forwarded) {
      this.#giveBack(each.notification.id);
      this.#add(each, sinceMs, "result");
    }
  }

  async channelStates(): Promise<ChannelState[]> {
    return [...this.#states.values()];
  }

  /**
   * Of those that storage has and those whose text is here, each once.
   * @param stored what storage says; it is believed, but for attempts whose end it lacks
   */
  listRelated(
    { id: origin, alertIds }: Parameters<Outbox["listRelated"]>[0],
    stored: readonly RelatedMessage[],
  ): RelatedMessage[] {
    const isRelated = ({ id, alertIds: about }: RelatedMessage): boolean =>
      about.some((each) => alertIds.includes(each)) || (origin !== undefined && id.startsWith(`${origin}-`));
    const ids = new Set(stored.map(({ id }) => id));
    const own = [...this.#messages.values()].filter(({ id }) => !ids.has(id)).flatMap((each) => asRelated(each) ?? []);
    const known = stored.flatMap((each) => (each.state === "pending" ? this.#withUnwritten(each) : each));
    return [...known, ...own.flatMap((each) => afterAttempt(each, this.#results.get(each.id)?.result))].filter(
      isRelated,
    );
  }

  #withUnwritten(stored: RelatedMessage): RelatedMessage[] {
    const known = this.#results.get(stored.id);
    return afterAttempt(stored, known?.isWritten ? undefined : known?.result);
  }

  /** Of those that storage does not know to be sent, or that they may have arrived. */
  countSentSince(channel: string, sinceMs: number): number {
    return [...this.#results.values()].filter(({ result: { id, atMs, settlement }, isWritten }) => {
      const isSent = settlement.kind === "sent" || (settlement.kind === "again" && settlement.mayHaveArrived);
      const isRecent = atMs >= sinceMs && atMs <= sinceMs + COUNTED_MS;
      return !isWritten && isSent && isRecent && this.#messages.get(id)?.channel === channel;
    }).length;
  }

  /** What storage does not know, as far as it has the messages. What is told of by `written` meanwhile counts. */
  *unwritten(): Generator<AttemptResult> {
    for (const { result, isWritten } of this.#results.values()) {
      if (isWritten === false && !this.#messages.get(result.id)?.storedBy) yield result;
    }
  }

  /** Storage will never take this result. */
  refused(result: AttemptResult): void {
    const key = this.#keyOf(result);
    if (key !== null) this.#results.set(key, { result, isWritten: null });
  }

  /** Storage has this result. */
  written(result: AttemptResult): void {
    const { settlement, forwarded } = result;
    const key = this.#keyOf(result);
    if (key === null) return;
    if (settlement.kind === "again" || settlement.kind === "elsewhere") this.#results.delete(key);
    else this.#results.set(key, { result, isWritten: true });
    for (const { notification } of forwarded) {
      const message = this.#messages.get(notification.id);
      if (message) this.#messages.set(message.id, { ...message, storedBy: null });
    }
  }

  /** False for what has been sent, or will never be. */
  waits(id: string): boolean {
    return (this.#results.get(id)?.result.settlement.kind ?? "again") === "again";
  }

  /** Null when it has been followed by another one. */
  #keyOf(result: AttemptResult): string | null {
    for (const [key, each] of this.#results) if (each.result === result) return key;
    return null;
  }

  /** To who had it before somebody else took it over: it waits again. What storage does not know of that is still written. */
  #giveBack(id: string): void {
    const ended = this.#results.get(id);
    if (ended?.result.settlement.kind !== "replaced") return;
    this.#results.delete(id);
    this.#messages.delete(id);
    this.#givenBack += 1;
    if (ended.isWritten === false) this.#results.set(`${id} ${this.#givenBack}`, ended);
  }

  #add({ channel, notification }: Outgoing, createdAtMs: number, storedBy: Message["storedBy"]): void {
    const { id, alerts } = notification;
    const known = this.#messages.get(id);
    if (known?.notification || this.#results.get(id)?.isWritten) return;
    const alertIds = alerts.map((alert) => alert.id);
    const times = { createdAtMs, dueMs: createdAtMs, elsewhereAtMs: elsewhereAtMs(channel, notification, createdAtMs) };
    const untried = { fingerprint: null, claimedUntilMs: 0, attempts: 0 };
    this.#messages.set(id, { ...times, ...untried, id, channel, alertIds, storedBy, ...known, notification });
  }

  #forgetEnded(handedOver: ReadonlySet<string>): void {
    const newestMs = Math.max(...[...this.#results.values()].map(({ result }) => result.atMs));
    for (const [id, { result, isWritten }] of this.#results) {
      if (isWritten && newestMs - result.atMs > REMEMBERED_MS && !handedOver.has(id)) this.#results.delete(id);
    }
  }
}
