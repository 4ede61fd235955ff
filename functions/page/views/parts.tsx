/**
 * What several views show in the same way: a status, an instant, how long ago.
 * Invariant: an instant is a `<time>` in UTC that says so; the browser may put it into the reader's zone, but under the heading of a day
 * it is of the zone of that day.
 */
import type { CheckStatus } from "../../../shared/domain/monitoring/check.ts";
import { runningText, type RunningKind } from "../../../shared/domain/text/running-text.ts";
import { formatTimestamp } from "../../../shared/domain/text/timestamp.ts";
import { toLocalText } from "../../../shared/domain/text/zoned-time.ts";
import type { ResponseTime } from "../service-row.ts";
import { formatMs } from "../response-text.ts";
import { GLYPHS, groupOf, wordOf } from "../status-words.ts";

export function Status({ status }: { readonly status: CheckStatus }) {
  const group = groupOf(status);
  return (
    <span class={`status ${group}`}>
      <span aria-hidden="true">{GLYPHS[group]}</span> {wordOf(status)}
    </span>
  );
}

/** A day of a zone under which something stands. */
export interface DayOfZone {
  /** `2026-11-30` */
  readonly day: string;
  readonly zone: string;
}

interface TimeProps {
  readonly atMs: number;
  readonly nowMs: number;
  /** Default: it stands under none, and is of the reader's zone. */
  readonly within?: DayOfZone | undefined;
}

/** Of today, or of the day under which it stands, the time alone, else the day as well. */
export function Time({ atMs, nowMs, within }: TimeProps) {
  if (within) return <TimeOfZone atMs={atMs} within={within} />;
  const text = formatTimestamp(atMs);
  const [day, time] = [text.slice(0, "2026-11-25".length), text.slice("2026-11-25T".length, -".123Z".length)];
  return <time datetime={text}>{formatTimestamp(nowMs).startsWith(day) ? time : `${day} ${time}`} UTC</time>;
}

/** Where a list is grouped by days the zone is named once, and no browser puts the time into another one. */
function TimeOfZone({ atMs, within: { day, zone } }: { readonly atMs: number; readonly within: DayOfZone }) {
  const text = toLocalText(atMs, zone);
  return (
    <time datetime={formatTimestamp(atMs)} data-zone={zone}>
      {text.startsWith(day) ? text.slice("2026-11-30 ".length) : text}
    </time>
  );
}

interface RunningProps {
  readonly kind: RunningKind;
  readonly atMs: number;
  readonly nowMs: number;
}

/** How far an instant is from now, which counts on in the browser. */
export function Running({ kind, atMs, nowMs }: RunningProps) {
  return (
    <time datetime={formatTimestamp(atMs)} data-run={kind}>
      {runningText(kind, atMs, nowMs)}
    </time>
  );
}

/** `for 4 min 38 s` */
export function Lasting({ sinceMs, nowMs }: { readonly sinceMs: number; readonly nowMs: number }) {
  return <Running kind="for" atMs={sinceMs} nowMs={nowMs} />;
}

/** `2 s ago` */
export function Ago({ atMs, nowMs }: { readonly atMs: number; readonly nowMs: number }) {
  return <Running kind="ago" atMs={atMs} nowMs={nowMs} />;
}

/** `in 3 s`; `now` when it has come. */
export function Coming({ atMs, nowMs }: { readonly atMs: number; readonly nowMs: number }) {
  return <Running kind="in" atMs={atMs} nowMs={nowMs} />;
}

/** `20 min left` */
export function Left({ untilMs, nowMs }: { readonly untilMs: number; readonly nowMs: number }) {
  return <Running kind="left" atMs={untilMs} nowMs={nowMs} />;
}

/** Nothing was measured: a dash, which a screen reader is told in words. */
export function Response({ response }: { readonly response: ResponseTime | null }) {
  if (!response)
    return (
      <span class="muted">
        <span aria-hidden="true">–</span>
        <span class="hidden">not measured</span>
      </span>
    );
  return <span>{`${response.isLimit ? "> " : ""}${formatMs(response.ms)}`}</span>;
}
