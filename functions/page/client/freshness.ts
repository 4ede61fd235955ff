/**
 * Whether a page is of now, and what it looks like when it is not: a verdict that nobody stands for is taken back. Made by what keeps
 * a page up to date (follow-now.ts, follow-page.ts).
 * Invariants: that it is stale is announced once, however long it lasts; it returns by itself with the next news.
 */
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";

/** So long an answer may take when somebody looks again at a page that has not been asked for meanwhile. */
const ANSWERED_WITHIN_MS = 3_000;

export class Freshness {
  readonly #currency: HTMLElement;
  readonly #staleAfterMs: number;
  #heardAtMs = Date.now();
  #isCutOff = false;
  #isStale: boolean;

  /** @param currency what views/currency.tsx has written */
  constructor(currency: HTMLElement) {
    this.#currency = currency;
    this.#staleAfterMs = Number(currency.dataset["staleAfter"]);
    this.#isStale = currency.dataset["stale"] !== undefined;
  }

  /** Nothing has been heard for too long, or the server says that nothing new has come. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** Something has come, whether it is shown yet or not. */
  heard(): void {
    this.#heardAtMs = Date.now();
    this.#isCutOff = false;
    this.show();
  }

  /** Nobody has asked while nobody looked: the silence is none yet, for a moment. */
  lookedAt(): void {
    if (this.#isCutOff) return;
    this.#heardAtMs = Math.max(this.#heardAtMs, Date.now() - this.#staleAfterMs + ANSWERED_WITHIN_MS);
  }

  /** Called every second. True: it has just become stale, or has been for as long again, and had better try something. */
  isOverdue(): boolean {
    const silentMs = Date.now() - this.#heardAtMs;
    if (silentMs < this.#staleAfterMs) return false;
    const wasCutOff = this.#isCutOff;
    this.#isCutOff = true;
    this.show();
    return !wasCutOff || silentMs % this.#staleAfterMs < 1_000;
  }

  /** To be called when the verdict has changed: the server may have found as well that nothing new has come. */
  show(): void {
    const icon = document.querySelector<HTMLLinkElement>("#icon");
    const cutOff = { stale: "", heading: "No update", icon: icon?.dataset["stale"] };
    // The verdict of the present moment comes by itself, the others with the page.
    const said = (document.getElementById("now-verdict") ?? this.#currency).dataset;
    const shown = this.#isCutOff ? cutOff : said;
    const isStale = shown["stale"] !== undefined;
    document.body.classList.toggle("is-stale", isStale);
    document.body.classList.toggle("is-cut-off", this.#isCutOff);
    document.title = `${shown["heading"]} · ${this.#currency.dataset["titleRest"]}`;
    if (icon && icon.getAttribute("href") !== shown["icon"]) icon.href = shown["icon"] ?? "";
    if (isStale !== this.#isStale) this.#announce(isStale);
    this.#isStale = isStale;
  }

  #announce(isStale: boolean): void {
    const alarm = document.getElementById("alarm");
    const lasting = formatDuration(Date.now() - this.#heardAtMs);
    const text = this.#isCutOff ? `No update for ${lasting}, trying again.` : "No update";
    if (alarm) alarm.textContent = isStale ? text : "";
  }
}
