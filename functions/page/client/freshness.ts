/**
 * Whether a page is of now, and what it looks like when it is not: a verdict that nobody stands for is taken back. Made by page.ts.
 * Invariants: that it is stale is announced once, however long it lasts; it returns by itself with the next news.
 */
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";

const STALE_HEADING = "No update";

export class Freshness {
  readonly #staleAfterMs: number;
  /** What follows the heading in the title. */
  readonly #titleRest = document.title.replace(/^.*? · /, "");
  #heardAtMs = Date.now();
  #isCutOff = false;

  constructor(staleAfterMs: number) {
    this.#staleAfterMs = staleAfterMs;
  }

  /** Something has come, whether it is shown yet or not. */
  heard(): void {
    this.#heardAtMs = Date.now();
    this.#isCutOff = false;
    this.show();
  }

  /** Called every second. True: it has just become stale, or has been for as long again, and had better try something. */
  isOverdue(): boolean {
    const silentMs = Date.now() - this.#heardAtMs;
    if (silentMs < this.#staleAfterMs) return false;
    const wasCutOff = this.#isCutOff;
    this.#isCutOff = true;
    if (!wasCutOff) this.#alarm(`No update for ${formatDuration(silentMs)}, trying again.`);
    this.show();
    return !wasCutOff || silentMs % this.#staleAfterMs < 1_000;
  }

  /** To be called when the verdict has changed: the server may have found as well that nothing new has come. */
  show(): void {
    const verdict = document.getElementById("now-verdict")?.dataset ?? {};
    const { classList } = document.body;
    classList.toggle("is-stale", this.#isCutOff || verdict["stale"] !== undefined);
    classList.toggle("is-cut-off", this.#isCutOff);
    if (!this.#isCutOff) this.#alarm("");
    const icon = document.querySelector<HTMLLinkElement>("#icon");
    if (this.#isCutOff) this.#showInTab(STALE_HEADING, icon?.dataset["stale"]);
    else this.#showInTab(verdict["heading"] ?? STALE_HEADING, verdict["icon"]);
  }

  #showInTab(heading: string, href = ""): void {
    const icon = document.querySelector<HTMLLinkElement>("#icon");
    document.title = `${heading} · ${this.#titleRest}`;
    if (icon && href !== "" && icon.getAttribute("href") !== href) icon.href = href;
  }

  #alarm(text: string): void {
    const alarm = document.getElementById("alarm");
    if (alarm && alarm.textContent !== text) alarm.textContent = text;
  }
}
