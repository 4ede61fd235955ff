/**
 * What several views show in the same way: a status, an instant, how long ago.
 * Invariant: an instant is a `<time>` in UTC that says so; the browser may put it into the reader's zone.
 */
import type { CheckStatus } from "../../../shared/domain/monitoring/check.ts";
import { runningText } from "../../../shared/domain/text/running-text.ts";
import { formatTimestamp } from "../../../shared/domain/text/timestamp.ts";
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

/** Of today the time alone, else the day as well. */
export function Time({ atMs, nowMs }: { readonly atMs: number; readonly nowMs: number }) {
  const text = formatTimestamp(atMs);
  const [day, time] = [text.slice(0, "2026-11-25".length), text.slice("2026-11-25T".length, -".123Z".length)];
  return <time datetime={text}>{formatTimestamp(nowMs).startsWith(day) ? time : `${day} ${time}`} UTC</time>;
}

/** `for 4 min 38 s`, which counts on in the browser. */
export function Lasting({ sinceMs, nowMs }: { readonly sinceMs: number; readonly nowMs: number }) {
  return (
    <time datetime={formatTimestamp(sinceMs)} data-run="for">
      {runningText("for", sinceMs, nowMs)}
    </time>
  );
}

/** `2 s ago`, which counts on in the browser. */
export function Ago({ atMs, nowMs }: { readonly atMs: number; readonly nowMs: number }) {
  return (
    <time datetime={formatTimestamp(atMs)} data-run="ago">
      {runningText("ago", atMs, nowMs)}
    </time>
  );
}

/** `in 3 s`, which counts down in the browser; `now` when it has come. */
export function Coming({ atMs, nowMs }: { readonly atMs: number; readonly nowMs: number }) {
  return (
    <time datetime={formatTimestamp(atMs)} data-run="in">
      {runningText("in", atMs, nowMs)}
    </time>
  );
}

/** `20 min left`, which counts down in the browser. */
export function Left({ untilMs, nowMs }: { readonly untilMs: number; readonly nowMs: number }) {
  return (
    <time datetime={formatTimestamp(untilMs)} data-run="left">
      {runningText("left", untilMs, nowMs)}
    </time>
  );
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
