/**
 * Who takes messages changes with the configuration: whoever is new hears at once what is open, and nobody else hears it again. Pure.
 * `usecases/delivery/new-receivers.ts` finds out who has heard what, `escalation.ts` decides when they are told.
 * Invariants: whoever has been told of an alert still counts as told, so that the end of it is heard; what waits for others of its
 * channel in a group will be told to who is new there, too.
 */
import type { OpenAlert } from "./alert-life.ts";
import type { AlertingState } from "./alerting-state.ts";
import { formatGroupKey, type DispatchGroup } from "./grouping.ts";
import { hasHeard, wasUsedBy, type Receiver, type Told } from "./heard.ts";
import type { NotificationType } from "./notification.ts";
import { channelOf } from "./recipient.ts";
import { DAY_MS } from "../text/timestamp.ts";

/** What was sent is of use while somebody asks whether it was; of what is older nobody can tell who has heard it. */
export const SENT_KEPT_MS = 30 * DAY_MS;

export interface ReceiverChange {
  /** All that are configured. */
  readonly receivers: readonly Receiver[];
  /** Alerts of which it is known who has heard them. */
  readonly alertIds: ReadonlySet<string>;
  readonly told: Told;
}

export function afterReceiverChange(state: AlertingState, change: ReceiverChange, nowMs: number): AlertingState {
  const desk = new ReceiverDesk(state, change, nowMs);
  const subjects = [...state.subjects].map(([subject, memory]) => {
    const { alert } = memory;
    return [subject, alert?.notifiedChannels.length ? { ...memory, alert: desk.changed(alert) } : memory] as const;
  });
  return { ...state, subjects: new Map(subjects), groups: joined(desk.groups.map(forWhomItIsNew)) };
}

/** What is told once, a beginning or an end: somebody who is told by another channel from now on may hear of it there first. */
const ONCE: ReadonlySet<NotificationType> = new Set(["alert.firing", "alert.resolved"]);

function forWhomItIsNew(group: DispatchGroup): DispatchGroup {
  const waiting = group.waiting.map((each) => (ONCE.has(each.type) ? { ...each, catchesUp: true } : each));
  return { ...group, waiting };
}

/** One of each kind. */
function joined(groups: readonly DispatchGroup[]): DispatchGroup[] {
  const byKey = Map.groupBy(groups, formatGroupKey);
  return [...byKey.values()].flatMap(([first, ...others]) => {
    return first ? [{ ...first, waiting: [first, ...others].flatMap(({ waiting }) => waiting) }] : [];
  });
}

class ReceiverDesk {
  /** What waits for a channel that is gone waits for those in its place. */
  readonly groups: readonly DispatchGroup[];
  readonly #change: ReceiverChange;
  readonly #nowMs: number;
  readonly #channels: ReadonlySet<string>;

  constructor({ groups }: AlertingState, change: ReceiverChange, nowMs: number) {
    this.#change = change;
    this.#nowMs = nowMs;
    this.#channels = new Set(change.receivers.map(({ name }) => channelOf(name)));
    this.groups = groups.flatMap((group) => {
      const heirs = this.#channels.has(channelOf(group.channel)) ? [] : this.#renamedTo(group.channel);
      return heirs.length > 0 ? heirs.map((channel) => ({ ...group, channel })) : [group];
    });
  }

  changed(alert: OpenAlert): OpenAlert {
    const { receivers } = this.#change;
    const notifiedChannels = this.#heirsOf(alert.notifiedChannels, alert.id);
    const isConfigured = (name: string): boolean => receivers.some((each) => each.name === name);
    const waiting = (alert.unheardBy ?? []).filter(isConfigured);
    const fresh = receivers.filter((each) => {
      return notifiedChannels.includes(channelOf(each.name)) && this.#isNewTo(alert, each);
    });
    return { ...alert, notifiedChannels, unheardBy: [...new Set([...waiting, ...fresh.map(({ name }) => name)])] };
  }

  #isNewTo({ id, firedAtMs }: OpenAlert, receiver: Receiver): boolean {
    const { told } = this.#change;
    // What has been decided since it was asked goes by the configuration that is in force by now.
    const isKnown = this.#isAsked(id) && told.messages.some(({ alertIds }) => alertIds.includes(id));
    if (!isKnown || this.#nowMs - (firedAtMs ?? 0) > SENT_KEPT_MS || hasHeard(receiver, { id }, told)) return false;
    const names = [receiver.name, channelOf(receiver.name)];
    return !this.groups.some(({ channel, isEnd, waiting }) => {
      return names.includes(channel) && !isEnd && waiting.some(({ report }) => report.id === id);
    });
  }

  /** In place of channels that are gone: those by which somebody who knows of the alert is told now, if there are any. */
  #heirsOf(names: readonly string[], alertId: string): readonly string[] {
    const left = names.filter((name) => this.#channels.has(channelOf(name)));
    if (left.length === names.length) return names;
    const gone = names.filter((name) => !left.includes(name));
    const heirs = [...this.#hearers(alertId), ...gone.flatMap((name) => this.#renamedTo(name))];
    return heirs.length > 0 ? [...new Set([...left, ...heirs])] : names;
  }

  /** Channels by which somebody is told now who has heard of the alert. */
  #hearers(id: string): string[] {
    const { receivers, told } = this.#change;
    if (!this.#isAsked(id)) return [];
    return receivers.filter((each) => hasHeard(each, { id }, told)).map(({ name }) => channelOf(name));
  }

  /** Channels with a recipient of this one, or with its settings. */
  #renamedTo(channel: string): string[] {
    const { receivers, told } = this.#change;
    const names = receivers
      .filter((each) => wasUsedBy(each, channel, told.settings))
      .map(({ name }) => channelOf(name));
    return [...new Set(names)];
  }

  #isAsked(alertId: string): boolean {
    return this.#change.alertIds.has(alertId);
  }
}
