/** How a page looks that is kept up to date, and one that is not any more. Part of style.ts. */
import { DIMMED } from "../colours.ts";

/** Its words are all in the strongest colour: so they can still be read. */
const DIMMED_PARTS = `.is-stale :is(main > :not(.stale-note, #now, .service, .statuses), #now > :not(.verdict, .done),
:is(.service, .statuses) > :not(.verdict, .done), footer)`;

export const LIVE_STYLE = `
time[data-run] { white-space: nowrap; }
header > a { padding: 11px 0; }
.currency { min-width: 190px; margin: 0; font-size: 13px; color: var(--muted); }
.currency .when-fresh > span { color: var(--healthy); }
.currency .when-stale { color: var(--down); font-weight: 600; }
.stale-note { border-left-color: var(--down); color: var(--text); }
.when-stale, .when-cut-off, .stale-note { display: none; }
.is-stale .when-stale, .is-cut-off .when-cut-off { display: inline; }
.is-stale .when-fresh { display: none; }
.is-stale .verdict { color: var(--unknown); }
.is-stale .stale-note { display: block; }
${DIMMED_PARTS} { opacity: ${DIMMED}; }
/* The signs of legends go with the colours of pictures. */
${DIMMED_PARTS}, ${DIMMED_PARTS} :not([aria-hidden="true"]) { color: var(--strongest); }
@keyframes tint { from { background: var(--sunken); } }
@media (prefers-reduced-motion: no-preference) { .changed > * { animation: tint 1.2s; } }
`;
