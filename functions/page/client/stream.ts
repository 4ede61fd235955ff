/**
 * What the service tells, as it happens: an EventSource that is opened again whatever becomes of it, and asking from time to time
 * where there is none. Made once by page.ts.
 * Invariants: it goes on from the last event that was heard, so nothing is lost in between; there is one connection at most.
 */
import type { Update } from "./update.ts";

/** Refused, as when too many listen: until then the page asks. */
const REOPEN_AFTER_MS = 30_000;
const ASK_EVERY_MS = 5_000;

interface Listener {
  heard(update: Update): void;
  /** There may be something new, and nobody tells what. Rejects when the service does not answer. */
  ask(): Promise<void>;
}

export class Stream {
  readonly #listener: Listener;
  #source: EventSource | null = null;
  #lastId: string;
  #asking: ReturnType<typeof setInterval> | null = null;

  /** @param place the id of an event after which the page is what it is */
  constructor(place: string, listener: Listener) {
    this.#lastId = place;
    this.#listener = listener;
  }

  /** Also in place of one that may have died without a word. */
  open(): void {
    this.#source?.close();
    if (!("EventSource" in globalThis)) return this.#askInstead();
    const source = new EventSource(`/events?view=now&last_event_id=${this.#lastId}`);
    this.#source = source;
    source.addEventListener("open", () => this.#stopAsking());
    source.addEventListener("snapshot", ({ data, lastEventId }: MessageEvent<string>) => {
      this.#lastId = lastEventId;
      this.#listener.heard(JSON.parse(data) as Update);
    });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED || source !== this.#source) return; // the browser opens it again
      this.#askInstead();
      setTimeout(() => source === this.#source && this.open(), REOPEN_AFTER_MS);
    });
  }

  #askInstead(): void {
    this.#asking ??= setInterval(() => void this.#listener.ask().catch(() => {}), ASK_EVERY_MS);
  }

  #stopAsking(): void {
    if (this.#asking !== null) clearInterval(this.#asking);
    this.#asking = null;
  }
}
