/**
 * What is to be told to who has heard so much, as those who listen see it. event-feed.ts and now-feed.ts are such.
 * Invariant: `Told` is a value: whoever has it may ask again for what comes next.
 */
import type { NewsPlace } from "../../shared/domain/history/news-place.ts";
import type { StatusBoard } from "../../shared/domain/monitoring/status-board.ts";

/** What a listener to events has been told. */
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

/** What listen.ts needs to know of it. */
export interface Heard {
  /** It tells the truth until then. Null: nothing has been told yet. */
  readonly board: Pick<StatusBoard, "staleAtMs"> | null;
}

export interface Step<After extends Heard = Told> {
  /** The same object when there is nothing new. */
  readonly told: After;
  /** Null: nothing to tell. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}

export interface Feed<Place = NewsPlace, After extends Heard = Told> {
  /** Where somebody begins that has heard everything up to a place, or, null, nothing. */
  begin(place: Place | null): After;
  /** What comes next. Never rejects: while storage fails, that is what the services are. */
  next(told: After): Promise<Step<After>>;
}
