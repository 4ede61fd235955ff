/**
 * What the service tells a page that is open (`event: snapshot` of `/events?view=now`), and what several of it come to. Pure.
 * Invariant: two updates joined show what one after the other would show.
 */

export interface Update {
  /** Of the commit; null before the first one. */
  readonly at: string | null;
  /** Keys of all services as they stand on the page. */
  readonly order: readonly string[];
  readonly sections: Readonly<Record<string, string>>;
  readonly rows: Readonly<Record<string, string>>;
}

/** `earlier` null: there is only the later one. */
export function join(earlier: Update | null, later: Update): Update {
  if (!earlier) return later;
  return {
    ...later,
    sections: { ...earlier.sections, ...later.sections },
    rows: { ...earlier.rows, ...later.rows },
  };
}
