/**
 * What the built service takes for the charts and bars of a page: a day and a year of response times of one service, 90 days of
 * uptime. Each round asks for another service, so that not all of it is the same few pages of the file.
 * Invariant: a year of outages is stored beside the samples, as it would be.
 */
import { storedAnswers } from "../stored-answers.ts";

const MOST_BYTES = 12_000;
const BARS = { ofSix: { atMost: 10, on: "median" }, ofThousand: { atMost: 25, on: "median" } } as const;
const YEAR_MS = 365 * 86_400_000;

const serviceAt = (share: number, serviceCount: number): string => `service_${Math.floor(share * serviceCount)}`;
const aYearAgo = (): string => new Date(Date.now() - YEAR_MS).toISOString();

export const series = storedAnswers(
  {
    what: "a day of response times",
    path: (share, serviceCount) => `/series/${serviceAt(share, serviceCount)}`,
    bars: BARS,
    mostBytes: MOST_BYTES,
  },
  {
    what: "a year of response times",
    path: (share, serviceCount) => `/series/${serviceAt(share, serviceCount)}?since=${aYearAgo()}`,
    bars: BARS,
    mostBytes: MOST_BYTES,
  },
);

export const uptime = storedAnswers(
  {
    what: "90 days of uptime of every service",
    path: () => "/uptime?days=90",
    bars: { ...BARS, ofThousand: null },
    mostBytes: MOST_BYTES,
  },
  {
    what: "90 days of uptime of one service",
    path: (share, serviceCount) => `/uptime?days=90&service=${serviceAt(share, serviceCount)}`,
    bars: BARS,
    mostBytes: MOST_BYTES,
  },
);
