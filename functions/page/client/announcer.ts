/**
 * Says changes in sentences to a screen reader, not more often than it can be listened to.
 * Made once by page.ts. Invariant: no change is left out but by being counted.
 */

/** While somebody listens to the last ones, the next ones are collected. */
const GAP_MS = 5_000;

/** More are only counted. */
const MOST_SENTENCES = 3;

interface Voice {
  say(text: string): void;
  nowMs(): number;
  after(ms: number, then: () => void): void;
}

export class Announcer {
  readonly #voice: Voice;
  #waiting: readonly string[] = [];
  #isDue = false;
  #saidAtMs = -Infinity;

  constructor(voice: Voice) {
    this.#voice = voice;
  }

  tell(sentences: readonly string[]): void {
    if (sentences.length === 0) return;
    this.#waiting = [...this.#waiting, ...sentences];
    if (this.#isDue) return;
    const { nowMs, after } = this.#voice;
    const leftMs = this.#saidAtMs + GAP_MS - nowMs();
    if (leftMs <= 0) return this.#sayAll();
    this.#isDue = true;
    after(leftMs, () => this.#sayAll());
  }

  #sayAll(): void {
    const sentences = this.#waiting;
    this.#waiting = [];
    this.#isDue = false;
    this.#saidAtMs = this.#voice.nowMs();
    const left = sentences.length - MOST_SENTENCES;
    const more = left > 0 ? [`${left} more ${left === 1 ? "change" : "changes"}.`] : [];
    this.#voice.say([...sentences.slice(0, MOST_SENTENCES), ...more].join(" "));
  }
}
