/**
 * What there is to be told after a commit, or instead of one; whoever delivers hears only of changes.
 * Used by the committer. Invariant: when nothing waits unstored any more, that is news, too.
 */
import type { Outgoing } from "../../domain/alerting/grouping.ts";

export interface News {
  /** What this commit has put into the outbox, in the order of sending. */
  readonly stored: readonly Outgoing[];
  /** All that is decided and cannot be stored, in the order of sending; empty while storage works. */
  readonly unstored: readonly Outgoing[];
}

export class NewsTeller {
  readonly #onNews: (news: News) => void;
  #wasUnstored = false;

  constructor(onNews: (news: News) => void) {
    this.#onNews = onNews;
  }

  tell(news: News): void {
    const isUnstored = news.unstored.length > 0;
    if (news.stored.length > 0 || isUnstored || this.#wasUnstored) this.#onNews(news);
    this.#wasUnstored = isUnstored;
  }
}
