/**
 * The outbox as one process uses it: what storage does not take is kept here until it does, and messages go out all the same.
 * Made by the deliverer. The committer hands over what it could not store; its ids are those that will be stored.
 * Invariants: what this process has sent it never sends again, however long storage fails, and it writes that down as soon as
 * the row is there. While nothing is held here, the errors of storage are everybody's.
 */
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import type { NearMessage } from "../../domain/alerting/same-message.ts";
import type {
  AttemptResult,
  ChannelState,
  ClaimedNotification,
  DrillReport,
  Outbox,
  PendingNotification,
} from "../../ports/outbox.ts";
import { claimHeld, heldOf, nearOf, pendingOf, type Claim, type Held } from "./in-memory-message.ts";

/** A stored message that could not be claimed is asked for again then; others go first. */
const CLAIM_AGAIN_MS = 5_000;

/** What was sent may be handed over later, when the answer to its commit was lost: within seconds. */
const ENDED_MS = 3_600_000;

export class InMemoryOutbox implements Outbox {
  readonly #outbox: Outbox;
  /** By id: messages whose row is not stored yet, or cannot be claimed. */
  readonly #held = new Map<string, Held>();
  /** By id: what has become of attempts and is not written down yet. */
  readonly #owed = new Map<string, AttemptResult>();
  /** By name: channels as they were after our own attempts. */
  readonly #states = new Map<string, ChannelState>();
  /** By id: when a stored message may be asked for again, epoch ms. */
  readonly #notBefore = new Map<string, number>();
  /** By id: when what is over ended, epoch ms; none of it is taken again. */
  readonly #ended = new Map<string, number>();
  /** By id: what has just been stored and waits. */
  readonly #announced = new Map<string, Outgoing>();
  /** Ids of what was handed over last. */
  #handedOver: ReadonlySet<string> = new Set();
  /** As storage last listed it, and what was stored since; nothing overtakes it while it cannot be read. */
  #stored: readonly PendingNotification[] = [];

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** What has just been stored: it goes out also when storage fails before it can be claimed. */
  announce(outgoing: readonly Outgoing[]): void {
    const known = new Set(this.#stored.map(({ id }) => id));
    const added = outgoing.filter(({ notification: { id } }) => !known.has(id) && !this.#ended.has(id));
    for (const each of added) this.#announced.set(each.notification.id, each);
    const listed = added.map((each) => pendingOf(heldOf(each, each.notification.atMs, "stored")));
    this.#stored = [...this.#stored, ...listed];
  }

  /** All that is decided and not stored, in the order of sending; what is missing from it has been stored or dropped. */
  hold(outgoing: readonly Outgoing[]): void {
    this.#handedOver = new Set(outgoing.map(({ notification }) => notification.id));
    for (const [id, { origin }] of this.#held) if (origin === "commit" && !this.#handedOver.has(id)) this.#release(id);
    for (const { channel, notification } of outgoing) {
      // Its receiver is told why nobody finds it in the history.
      this.#take(heldOf({ channel, notification: { ...notification, isUnsaved: true } }, notification.atMs, "commit"));
    }
  }

  async listPending(): Promise<PendingNotification[]> {
    this.#stored = await this.#unlessHeld(this.#stored, async () => {
      await this.#settleOwed();
      const stored = await this.#outbox.listPending();
      this.#know(stored);
      return stored;
    });
    const waiting = this.#stored.filter(({ id }) => !this.#held.has(id) && !this.#isOver(id));
    const held = [...this.#held.values()].filter(({ state }) => state === "pending");
    return [...waiting.map((each) => this.#asKnown(each)), ...held.map(pendingOf)];
  }

  async claim(id: string, claim: Claim): Promise<ClaimedNotification | null> {
    const held = this.#held.get(id);
    return held ? claimHeld(held, claim) : this.#claimStored(id, claim);
  }

  /** Never rejects: what cannot be written down is owed. */
  async settle(result: AttemptResult): Promise<void> {
    const { id, atMs, settlement, channel, forwarded } = result;
    const held = this.#held.get(id);
    if (channel) this.#states.set(channel.name, channel);
    if (settlement.kind === "again") {
      if (held) {
        held.dueMs = settlement.dueMs;
        held.claimedUntilMs = 0;
        return;
      }
    } else {
      if (held) held.state = settlement.kind;
      this.#end(id, atMs);
    }
    this.#owed.set(id, result);
    for (const each of forwarded) this.#take(heldOf(each, atMs, "forwarded"));
    // Whoever lists next finds out that it failed.
    await this.#settleOwed().catch(() => {});
  }

  async channelStates(): Promise<ChannelState[]> {
    const stored = await this.#unlessHeld([], () => this.#outbox.channelStates());
    const byName = new Map(stored.map((state) => [state.name, state]));
    for (const [name, own] of this.#states) {
      const theirs = byName.get(name);
      if (!theirs || changedAtMs(theirs) < changedAtMs(own)) byName.set(name, own);
      else this.#states.delete(name);
    }
    return [...byName.values()];
  }

  async listDecidedNear(atMs: number): Promise<NearMessage[]> {
    const stored = await this.#unlessHeld([], () => this.#outbox.listDecidedNear(atMs));
    return [...stored, ...[...this.#held.values()].map(nearOf)];
  }

  lastDrill(): Promise<DrillReport | null> {
    return this.#outbox.lastDrill();
  }

  async countSentSince(channel: string, sinceMs: number): Promise<number> {
    const stored = await this.#unlessHeld(0, () => this.#outbox.countSentSince(channel, sinceMs));
    const ownOnes = [...this.#owed.values()].filter(({ id, atMs, settlement }) => {
      return settlement.kind === "sent" && atMs >= sinceMs && this.#held.get(id)?.channel === channel;
    });
    return stored + ownOnes.length;
  }

  forgetEndedBefore(beforeMs: number): Promise<void> {
    return this.#outbox.forgetEndedBefore(beforeMs);
  }

  /** Storage works: from now on it decides about what it has. */
  #know(stored: readonly PendingNotification[]): void {
    const ids = new Set(stored.map(({ id }) => id));
    for (const id of ids) this.#release(id);
    for (const id of this.#announced.keys()) if (!ids.has(id)) this.#announced.delete(id);
    for (const id of this.#notBefore.keys()) if (!ids.has(id)) this.#notBefore.delete(id);
  }

  async #claimStored(id: string, claim: Claim): Promise<ClaimedNotification | null> {
    this.#notBefore.delete(id);
    try {
      if (this.#owed.has(id)) await this.#settleOwed();
      return await this.#outbox.claim(id, claim);
    } catch (error) {
      const known = this.#announced.get(id);
      if (known) return claimHeld(this.#take(heldOf(known, known.notification.atMs, "stored")), claim);
      if (this.#held.size === 0) throw error;
      this.#notBefore.set(id, claim.nowMs + CLAIM_AGAIN_MS);
      return null;
    }
  }

  /** What is over is not taken again. */
  #take(held: Held): Held | null {
    const { id } = held.notification;
    const known = this.#held.get(id) ?? null;
    if (known || this.#ended.has(id)) return known;
    this.#held.set(id, held);
    return held;
  }

  /** Its row is there, or will never be. */
  #release(id: string): void {
    const held = this.#held.get(id);
    if (!held) return;
    this.#held.delete(id);
    if (held.state === "pending") this.#notBefore.set(id, Math.max(held.dueMs, held.claimedUntilMs));
  }

  #end(id: string, atMs: number): void {
    this.#announced.delete(id);
    this.#ended.set(id, atMs);
    for (const [each, endedAtMs] of this.#ended) {
      if (atMs - endedAtMs > ENDED_MS && !this.#handedOver.has(each)) this.#ended.delete(each);
    }
  }

  #isOver(id: string): boolean {
    const kind = this.#owed.get(id)?.settlement.kind;
    return kind === "sent" || kind === "failed";
  }

  async #settleOwed(): Promise<void> {
    for (const [id, result] of this.#owed) {
      const origin = this.#held.get(id)?.origin ?? "stored";
      if (origin !== "stored") continue;
      await this.#outbox.settle(result);
      // Another attempt may have ended meanwhile.
      if (this.#owed.get(id) !== result) continue;
      this.#owed.delete(id);
      this.#release(id);
      for (const { notification } of result.forwarded) this.#release(notification.id);
    }
  }

  /** A stored message with what could not be written down of it. */
  #asKnown(stored: PendingNotification): PendingNotification {
    const settlement = this.#owed.get(stored.id)?.settlement;
    const dueMs = settlement?.kind === "again" ? settlement.dueMs : stored.dueMs;
    return { ...stored, dueMs: Math.max(dueMs, this.#notBefore.get(stored.id) ?? 0) };
  }

  /** While something is held, it goes out whatever storage says; otherwise storage that fails is news. */
  async #unlessHeld<Result>(otherwise: Result, ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (error) {
      if (this.#held.size + this.#announced.size === 0) throw error;
      return otherwise;
    }
  }
}

function changedAtMs({ sentAtMs, failedAtMs }: ChannelState): number {
  return Math.max(sentAtMs ?? 0, failedAtMs ?? 0);
}
