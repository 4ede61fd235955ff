/**
 * Keeps a page up to date that nobody tells of what is new: it asks whether the service still finds something out, and takes over the
 * page itself from time to time. Called by page.ts and public.ts, once.
 * Invariants: nothing is asked while nobody looks; one question at a time; what is not answered in time makes the page stale.
 */
import { Freshness } from "./freshness.ts";
import { refresh, type News } from "./refresh.ts";
import { countOn, tellHeard } from "./times.ts";

const ASK_EVERY_MS = 5_000;
const LOOK_EVERY_MS = 1_000;

/** As without a script; what was asked for a moment earlier counts. */
const REFRESH_EVERY_MS = 15_000 - ASK_EVERY_MS / 2;

interface Followed {
  /** Where the page is, without what was said once. */
  readonly address: string;
  readonly currency: HTMLElement;
  /** Null: there are none; rejects when the service does not answer. */
  findNews(): Promise<News | null>;
}

export function followPage({ address, currency, findNews }: Followed): void {
  const freshness = new Freshness(currency);
  let refreshedAtMs = Date.now();
  let askedAtMs = Date.now();
  let isAsking = false;

  const lookAgain = async (): Promise<void> => {
    const news = await findNews();
    if (
      news?.isChange ||
      freshness.isStale ||
      underWayMs() !== null ||
      Date.now() - refreshedAtMs >= REFRESH_EVERY_MS
    ) {
      await refresh(address);
      refreshedAtMs = Date.now();
    }
    if (news === null) return freshness.show();
    freshness.heard();
    // A page that says by itself that it is not of now knows since when.
    if (!freshness.isStale) tellHeard(news.at);
  };
  const ask = (): void => {
    if (document.hidden || isAsking) return;
    isAsking = true;
    askedAtMs = Date.now();
    // When nobody answers, the page says so in time.
    void lookAgain()
      .catch(() => {})
      .finally(() => (isAsking = false));
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    freshness.lookedAt();
    countOn(document);
    ask();
  });
  setInterval(() => {
    if (document.hidden) return;
    freshness.isOverdue();
    if (Date.now() - askedAtMs >= (underWayMs() ?? ASK_EVERY_MS) - LOOK_EVERY_MS / 2) ask();
  }, LOOK_EVERY_MS);
}

/** How soon the page is to be looked at again while something is under way, as it says; null: nothing is. */
function underWayMs(): number | null {
  const afterS = document.getElementById("main")?.dataset["afterS"];
  return afterS === undefined ? null : Number(afterS) * 1_000;
}
