/**
 * Reads what the view History shows, all of it from the API: a page of what happened, the marks of the same time, and the timeline.
 * Invariant: a mark is on exactly one page, beside what happened around it.
 */
import type { marksEndpoint } from "../endpoints/marks.ts";
import type { timelineEndpoint } from "../endpoints/timeline.ts";
import type { transitionsEndpoint } from "../endpoints/transitions.ts";
import type { HistoryRange } from "./history-range.ts";
import { readPart, type AnswerOf, type OwnApi } from "./own-api.ts";

export type Transitions = AnswerOf<typeof transitionsEndpoint>;
export type Marks = AnswerOf<typeof marksEndpoint>;
export type Timeline = AnswerOf<typeof timelineEndpoint>;

export interface HistoryAnswers {
  /** Null: it cannot be told now. */
  readonly transitions: Transitions | null;
  readonly marks: Marks | null;
  readonly timeline: Timeline | null;
  /** The newest ones of the whole range, for the timeline. */
  readonly rangeMarks: Marks | null;
}

export interface HistoryQuery {
  readonly range: HistoryRange;
  /** The cursor of the page before; empty: the first page. */
  readonly before: string;
  /** Where the page before ended, as the API writes it; empty: the first page. */
  readonly upTo: string;
}

/** Of what happened; then a page is some screens long. */
const A_PAGE = 100;
const MOST_MARKS = 200;

/** What the API refuses of it is returned as it is. */
export async function readHistory(
  ask: OwnApi,
  { range, before, upTo }: HistoryQuery,
): Promise<HistoryAnswers | Response> {
  const { since, until } = range;
  const ofPage = new URLSearchParams({ since, limit: String(A_PAGE), ...(before !== "" && { before }) });
  const ofRange = new URLSearchParams({ since, until });
  const [transitions, timeline, rangeMarks] = await Promise.all([
    readPart<Transitions>(ask(`/transitions?${ofPage.toString()}`)),
    readPart<Timeline>(ask(`/timeline?${ofRange.toString()}`)),
    readPart<Marks>(ask(`/marks?${ofRange.toString()}&limit=${MOST_MARKS}`)),
  ]);
  if (transitions instanceof Response) return transitions;
  if (timeline instanceof Response) return timeline;
  if (rangeMarks instanceof Response) return rangeMarks;
  const last = transitions?.next_cursor ? transitions.transitions.at(-1)?.at : undefined;
  const around = new URLSearchParams({
    since: last ?? since,
    limit: String(MOST_MARKS),
    ...(upTo !== "" && { until: upTo }),
  });
  const marks = await readPart<Marks>(ask(`/marks?${around.toString()}`));
  return marks instanceof Response ? marks : { transitions, marks, timeline, rangeMarks };
}
