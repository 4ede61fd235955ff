/**
 * What is to be told to who has heard so much, as those who listen see it. event-feed.ts is one.
 * Invariant: `Told` is a value: whoever has it may ask again for what comes next.
 */
import type { NewsPlace } from "../../shared/domain/history/news-place.ts";
import type { StatusBoard } from "../../shared/domain/monitoring/status-board.ts";

/** What a listener has been told. */
export interface Told {
  /** Null: nothing, and it wants to hear nothing of the past. */
  readonly place: NewsPlace | null;
  /** Whether the place is one of ours; one that a client names may be anything. */
  readonly isOurs: boolean;
  /** Changes of alerts up to this generation. */
  readonly alertsUpTo: number;
  /** Null: nothing yet. */
  readonly board: StatusBoard | null;
}

export interface Step {
  /** The same object when there is nothing new. */
  readonly told: Told;
  /** Null: nothing to tell. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}

export interface Feed {
  /** Where somebody begins that has heard everything up to a place, or, null, nothing. */
  begin(place: NewsPlace | null): Told;
  /** What comes next. Never rejects: while storage fails, that is what the services are. */
  next(told: Told): Promise<Step>;
}
