/**
 * Pages that are the same for everybody, made once for all who ask within the same second for what the same commit shows.
 * Made once a monitor; pages.tsx asks it. Invariants: whoever is given one has been let in first; where each version is another one, as at
 * the edge, nothing is kept.
 */
import type { Clock } from "../../shared/ports/clock.ts";
import type { CommitSignal } from "../../shared/ports/commit-signal.ts";
import type { Bytes } from "../http/bytes.ts";

/** What a page says of durations is right for so long. */
const KEPT_MS = 1_000;

interface Uses {
  readonly clock: Pick<Clock, "nowMs">;
  readonly commits: Pick<CommitSignal, "version">;
}

export interface KeptPages {
  /** `key` says how it differs from the others of its time. Rejects with what `make` rejects with, which is not kept. */
  of(key: string, make: () => Promise<Bytes>): Promise<Bytes>;
}

export function keepPages({ clock, commits }: Uses): KeptPages {
  let kept = { moment: "", pages: new Map<string, Promise<Bytes>>() };
  return {
    of(key, make) {
      const moment = `${commits.version} ${Math.floor(clock.nowMs() / KEPT_MS)}`;
      if (kept.moment !== moment) kept = { moment, pages: new Map() };
      const { pages } = kept;
      const known = pages.get(key);
      if (known) return known;
      const page = make();
      pages.set(key, page);
      page.catch(() => pages.delete(key));
      return page;
    },
  };
}
