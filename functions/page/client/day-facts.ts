/**
 * What is to be said of one of the ninety days, from what stands on the page. Pure; shown by day-card.ts.
 * Invariant: a day that nobody watched is never called healthy.
 */

export interface DayQuestion {
  /** As the calendar names it. */
  readonly day: string;
  /** The first and the last day that were watched; empty: none was. */
  readonly watchedFrom: string;
  readonly watchedUntil: string;
  /** Of the table: what was how long; null: nothing stands there. */
  readonly figures: readonly string[] | null;
  readonly outages: readonly { readonly since: string; readonly until: string | null; readonly words: string }[];
  /** IANA, of the days. */
  readonly zone: string;
}

export function dayFacts({ day, watchedFrom, watchedUntil, figures, outages, zone }: DayQuestion): string[] {
  if (watchedFrom === "" || day < watchedFrom || day > watchedUntil) return ["Nobody watched."];
  const dayOf = dayNamer(zone);
  const incidents = outages.filter(
    ({ since, until }) => dayOf(since) <= day && (until === null || dayOf(until) >= day),
  );
  return [...(figures ?? ["Healthy all day."]), ...incidents.map(({ words }) => words)];
}

/** The day after `first` by so many days, as the calendar names it. */
export function dayAfter(first: string, days: number): string {
  return new Date(Date.parse(`${first}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, "2026-11-25".length);
}

/** `2026-11-25`: Swedish writes days so. */
function dayNamer(timeZone: string): (instant: string) => string {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  return (instant) => format.format(Date.parse(instant));
}
