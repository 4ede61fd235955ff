/**
 * What the built service takes to answer from a year of history, one request at a time: a page of the newest sweeps, and a day of
 * one service. At 1,000 services a page is 2.5 MB, so only that of 6 services has a bar.
 * Invariant: nothing is probed meanwhile; the newest five minutes are not indexed, as just before a cleanup.
 */
import { storedAnswers } from "../stored-answers.ts";

export const historyPage = storedAnswers({
  what: "the newest 10 sweeps",
  path: () => "/history?limit=10",
  bars: { ofSix: { atMost: 5, on: "median" }, ofThousand: null },
});

/** Each round asks for another service, so that not all of it is the same few pages of the file. */
export const serviceHistory = storedAnswers({
  what: "a day of one service",
  path: (share, serviceCount) => `/history/service_${Math.floor(share * serviceCount)}`,
  bars: { ofSix: { atMost: 10, on: "median" }, ofThousand: { atMost: 10, on: "median" } },
});
