/**
 * How a verdict begins, of the whole and of one service, on our pages and on the public one. What was last known of it stands there as
 * well, and the style shows one of both: the page may become stale in the browser.
 * Invariant: what may be stale has no sign and no colour of what it was.
 */
import type { OverallStatus } from "../../../shared/domain/monitoring/cluster-status.ts";
import { GLYPHS, groupOf, wordOf, type StatusGroup } from "../status-words.ts";
import { Lasting } from "./parts.tsx";

interface OverallProps {
  readonly overall: OverallStatus;
  readonly sinceMs: number | null;
  readonly nowMs: number;
}

/** `▲ Degraded for 4 min`, or `◌ Last known: Degraded`; that nothing is known stays true. */
export function OverallHeading({ overall, sinceMs, nowMs }: OverallProps) {
  return (
    <h1>
      <FreshGlyph group={groupOf(overall)} />
      <span class="when-stale">
        <span aria-hidden="true">{GLYPHS.unknown}</span> {overall !== "unknown" && "Last known: "}
      </span>
      {wordOf(overall)}
      {sinceMs !== null && (
        <span class="when-fresh">
          {" "}
          <Lasting sinceMs={sinceMs} nowMs={nowMs} />
        </span>
      )}
    </h1>
  );
}

/** @param name clean and short */
export function ServiceHeading({ name, group }: { readonly name: string; readonly group: StatusGroup }) {
  return (
    <h1>
      <FreshGlyph group={group} />
      <span class="when-stale" aria-hidden="true">
        {GLYPHS.unknown}{" "}
      </span>
      {name}
    </h1>
  );
}

function FreshGlyph({ group }: { readonly group: StatusGroup }) {
  return (
    <span class="when-fresh" aria-hidden="true">
      {GLYPHS[group]}{" "}
    </span>
  );
}
