/**
 * The outbox as one process uses it: the stored one, or, while storage fails, one in memory in its place.
 * Made once a process, over the stored outbox; the committer tells it what it decides, the deliverer empties it. Where storage can be
 * read and not written, as on a full disk, memory gives out what it reads there.
 * Invariants: what this process has sent it never sends again, however long storage fails, and storage hears of it as soon as it
 * works; while nothing waits in memory, the errors of storage are everybody's.
 */
import type { RelatedMessage } from "../../domain/alerting/same-message.ts";
import type {
  AttemptResult,
  ChannelState,
  ClaimedNotification,
  DrillReport,
  Outbox,
  PendingNotification,
} from "../../ports/outbox.ts";
import type { Log } from "../../ports/log.ts";
import type { News } from "../sweeping/news.ts";
import { isRefusal } from "../sweeping/pending.ts";
import { MemoryOutbox } from "./memory-outbox.ts";

/** Each is a read of the database; what they hold up is looked at again when they have been sent. */
const TEXTS_A_LOOK = 20;

export class OutboxSwitch implements Outbox {
  readonly #stored: Outbox;
  readonly #log: Log;
  readonly #memory = new MemoryOutbox();
  #storageFails = false;
  #writing: Promise<void> | null = null;

  constructor(stored: Outbox, log: Log) {
    this.#stored = stored;
    this.#log = log;
  }

  /** What a commit has stored goes out also if storage fails from now on; what it could not store goes out from memory. */
  tell(news: News): void {
    this.#memory.take(news);
    if (news.unstored.length > 0) this.#storageFails = true;
  }

  async listPending(): Promise<PendingNotification[]> {
    if (this.#storageFails) await this.#writeBack();
    const listed = await this.#use((outbox) => outbox.listPending());
    if (!this.#storageFails) this.#memory.know(listed);
    // What was sent and can never be written down stays pending there.
    return listed.filter(({ id }) => this.#memory.waits(id));
  }

  async channelStates(): Promise<ChannelState[]> {
    const states = await this.#use((outbox) => outbox.channelStates());
    if (!this.#storageFails) this.#memory.knowStates(states);
    return states;
  }

  claim(...claim: Parameters<Outbox["claim"]>): Promise<ClaimedNotification | null> {
    return this.#use(async (outbox) => {
      try {
        return await outbox.claim(...claim);
      } catch (error) {
        await this.#learn([claim[0]]);
        throw error;
      }
    });
  }

  extend(...claim: Parameters<Outbox["extend"]>): Promise<void> {
    return this.#use((outbox) => outbox.extend(...claim));
  }

  peek(id: string): Promise<ClaimedNotification | null> {
    return this.#use((outbox) => outbox.peek(id));
  }

  /** Never rejects. */
  async settle(result: AttemptResult): Promise<void> {
    this.#memory.settle(result);
    if (this.#storageFails) return;
    try {
      await this.#write(result);
    } catch {
      // Whoever lists next writes it down, or finds out that storage still fails.
      this.#storageFails = true;
    }
  }

  async listRelated(to: Parameters<Outbox["listRelated"]>[0]): Promise<RelatedMessage[]> {
    const stored = await this.#orNothing(this.#stored.listRelated(to), []);
    return this.#memory.listRelated(to, stored);
  }

  async countSentSince(channel: string, sinceMs: number): Promise<number> {
    const stored = await this.#orNothing(this.#stored.countSentSince(channel, sinceMs), 0);
    return stored + this.#memory.countSentSince(channel, sinceMs);
  }

  lastDrill(): Promise<DrillReport | null> {
    return this.#stored.lastDrill();
  }

  forgetEndedBefore(beforeMs: number): Promise<void> {
    return this.#stored.forgetEndedBefore(beforeMs);
  }

  /** Here it is decided which of the two is asked. */
  async #use<Result>(ask: (outbox: Outbox | MemoryOutbox) => Promise<Result>): Promise<Result> {
    if (!this.#storageFails) {
      try {
        return await ask(this.#stored);
      } catch (error) {
        if (!this.#memory.hasWork) throw error;
        this.#storageFails = true;
      }
    }
    return ask(this.#memory);
  }

  /** Rejects while storage fails. What it refuses for what it is would be refused for ever, and holds up nothing else. */
  async #write(result: AttemptResult): Promise<void> {
    try {
      await this.#stored.settle(result);
      this.#memory.written(result);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const { id } = result;
      this.#log.write("error", "what became of a message cannot be stored", { id, error: String(error) });
      this.#memory.refused(result);
    }
  }

  async #writeAll(): Promise<void> {
    for (const result of this.#memory.unwritten()) await this.#write(result);
  }

  /** Storage may work again. */
  async #writeBack(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = null));
    try {
      await this.#writing;
      this.#storageFails = !this.#memory.isWritten;
    } catch (error) {
      await this.#learn(this.#memory.textless.slice(0, TEXTS_A_LOOK));
      if (!this.#memory.hasWork) throw error;
    }
  }

  /** Takes over texts that only storage has, as far as it can be read. */
  async #learn(ids: readonly string[]): Promise<void> {
    try {
      for (const id of ids) this.#memory.learn(id, await this.#stored.peek(id));
    } catch {
      // They wait until it can.
    }
  }

  /** What storage would add to what memory knows. */
  async #orNothing<Result>(stored: Promise<Result>, nothing: Result): Promise<Result> {
    try {
      return await stored;
    } catch (error) {
      if (!this.#memory.hasWork) throw error;
      return nothing;
    }
  }
}
