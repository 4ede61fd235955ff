/**
 * How current a page is, in its head, above what it says, and to a screen reader; in the frames of all pages that are kept up to date.
 * The style shows one of what is said while it is of now and of what is said when it is not, as a page may become stale in the browser.
 * Invariant: what changes every second is in no live region.
 */
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";
import { formatTimestamp } from "../../../shared/domain/text/timestamp.ts";
import type { Currency } from "../currency.ts";
import { iconOf } from "../icon.ts";
import { GLYPHS, type StatusGroup } from "../status-words.ts";
import { Ago, Lasting, Time } from "./parts.tsx";

/** What a title begins with when the page is not of now. */
export const STALE_HEADING = "No update";

interface Props {
  readonly currency: Currency;
}

interface LineProps extends Props {
  /** What tab and title say of it, as the server sees it. */
  readonly heading: string;
  readonly group: StatusGroup;
  /** What follows the heading in the title. */
  readonly titleRest: string;
}

/** Before the first news it waits for them, unseen. Without a script nothing in it counts on: then it says when it was made. */
export function CurrencyLine({ currency, heading, group, titleRest }: LineProps) {
  const { atMs, staleAfterMs, isStale, nowMs } = currency;
  const sinceMs = atMs ?? nowMs;
  const facts = {
    "data-stale-after": staleAfterMs,
    "data-made-at": formatTimestamp(nowMs),
    "data-heading": heading,
    "data-icon": iconOf(group),
    "data-title-rest": titleRest,
    "data-stale": isStale ? "" : undefined,
  };
  return (
    <p id="currency" class="currency" hidden={atMs === null} {...facts}>
      <span class="when-fresh">
        <span aria-hidden="true">{GLYPHS.healthy}</span> updated <Ago atMs={sinceMs} nowMs={nowMs} />
      </span>
      <span class="when-stale">
        <span aria-hidden="true">{GLYPHS.down}</span> no update <Lasting sinceMs={sinceMs} nowMs={nowMs} />
        <span class="when-cut-off">, trying again</span>
      </span>
      <noscript>
        {" "}
        as of <Time atMs={nowMs} nowMs={nowMs} />
      </noscript>
    </p>
  );
}

/** Where the head is out of sight. */
export function StaleNote({ currency: { atMs, nowMs } }: Props) {
  return (
    <p class="banner stale-note">
      <span class="status down" aria-hidden="true">
        {GLYPHS.down}
      </span>{" "}
      No update <Lasting sinceMs={atMs ?? nowMs} nowMs={nowMs} />: this is what was known last, not what is so now.
    </p>
  );
}

/** What is said of it once. */
export function Alarm({ currency: { atMs, isStale, nowMs } }: Props) {
  return (
    <p id="alarm" class="hidden" role="alert">
      {isStale && `${STALE_HEADING} for ${formatDuration(nowMs - (atMs ?? nowMs))}.`}
    </p>
  );
}
