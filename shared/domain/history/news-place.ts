/**
 * How far somebody has heard the news: the `id` of server-sent events, which a client sends back when it comes again.
 * Pure. In words: the generation of a commit of which everything has been told, and behind a point how many items have been told that
 * come after it, up to the next commit: `120`, `120.0003`. Invariant: a later place is a larger number.
 */
export interface NewsPlace {
  /** Everything up to this commit has been told. */
  readonly generation: number;
  /** So many items of the next commit have been told as well. */
  readonly told: number;
}

/** One commit has less than ten items for each of 1,000 services. */
const DIGITS = 4;
/** Commits come once a second: enough for a million years. */
const PLACE = /^(0|[1-9]\d{0,14})(?:\.(\d{4}))?$/;

/** Null for a text that is none. */
export function parseNewsPlace(text: string): NewsPlace | null {
  const [, generation, told = "0"] = PLACE.exec(text) ?? [];
  return generation === undefined ? null : { generation: Number(generation), told: Number(told) };
}

export function formatNewsPlace({ generation, told }: NewsPlace): string {
  return told === 0 ? String(generation) : `${generation}.${String(told).padStart(DIGITS, "0")}`;
}

/** The place behind one more item, which belongs to the commit `generation`. */
export function placeAfter(place: NewsPlace, generation: number): NewsPlace {
  const isSame = place.generation === generation - 1;
  return { generation: generation - 1, told: isSame ? place.told + 1 : 1 };
}

/** The place when everything up to the commit `generation` has been told, and what came after it as far as `place` says. */
export function placeAtCommit(place: NewsPlace, generation: number): NewsPlace {
  return place.generation >= generation ? place : { generation, told: 0 };
}
