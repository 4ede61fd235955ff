/**
 * Silences and maintenance windows as the view Alerts lists them: what holds or will, and how long still; what is over. Pure.
 * Invariant: what is over stands apart, so that nobody takes it for what keeps people from being told.
 */
import { formatDuration } from "../../shared/domain/text/duration-text.ts";
import { parseTimestamp } from "../../shared/domain/text/timestamp.ts";
import { shorten } from "./shorten.ts";
import type { Silences, Windows } from "./read-alerts.ts";

export interface Quiet {
  readonly id: string;
  /** What it covers, as it was written. */
  readonly services: string;
  /** How many services that is now. */
  readonly covers: number;
  readonly when: string;
  /** Null: it does not hold now, or is over by something else than time. */
  readonly leftMs: number | null;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  readonly author: string;
  readonly comment: string;
  readonly state: "holds" | "planned" | "over";
  /** A weekly one is gone for good. */
  readonly isWeekly: boolean;
}

export function listQuietSilences({ silences }: Silences, nowMs: number): Quiet[] {
  return silences.map((each) => {
    const [startsAtMs, endsAtMs] = [parseTimestamp(each.starts_at) ?? 0, parseTimestamp(each.ends_at) ?? 0];
    const only = each.severities.length > 0 ? `, only ${each.severities.join(" and ")}` : "";
    return {
      ...shared(each),
      ...timesOf({ startsAtMs, endsAtMs }, nowMs),
      when: each.until_healthy ? `until it is healthy, at the latest${only}` : `until${only}`,
      isWeekly: false,
    };
  });
}

export function listQuietWindows({ windows }: Windows, nowMs: number): Quiet[] {
  return windows.map((each) => {
    const { schedule } = each;
    if (schedule.kind === "once") {
      const range = {
        startsAtMs: parseTimestamp(schedule.starts_at) ?? 0,
        endsAtMs: parseTimestamp(schedule.ends_at) ?? 0,
      };
      return { ...shared(each), ...timesOf(range, nowMs), when: "until", isWeekly: false };
    }
    const endsAtMs = each.active_until === null ? null : parseTimestamp(each.active_until);
    const lasting = formatDuration(schedule.duration * 1_000);
    const isOver = schedule.until !== null && (parseTimestamp(schedule.until) ?? 0) <= nowMs;
    return {
      ...shared(each),
      startsAtMs: null,
      endsAtMs,
      leftMs: endsAtMs === null ? null : endsAtMs - nowMs,
      state: each.active ? "holds" : isOver ? "over" : "planned",
      when: `each ${schedule.days.join(", ")} at ${schedule.start} (${schedule.zone}) for ${lasting}`,
      isWeekly: true,
    };
  });
}

type Shared = Pick<Silences["silences"][number], "id" | "services" | "covers" | "author" | "comment">;

function shared({ id, services, covers, author, comment }: Shared) {
  return { id, services: shorten(services.join(", ")), covers: covers.length, author, comment: shorten(comment) };
}

function timesOf({ startsAtMs, endsAtMs }: { readonly startsAtMs: number; readonly endsAtMs: number }, nowMs: number) {
  if (endsAtMs <= nowMs) return { startsAtMs, endsAtMs, leftMs: null, state: "over" } as const;
  if (startsAtMs > nowMs) return { startsAtMs, endsAtMs, leftMs: null, state: "planned" } as const;
  return { startsAtMs, endsAtMs, leftMs: endsAtMs - nowMs, state: "holds" } as const;
}
