/** How the view History looks. Joined in style.ts. Invariant: what a row shows is told apart by height and texture as well as by colour. */
export const HISTORY_STYLE = `
.ranges { margin-top: 8px; }
.timeline ul { margin: 0; padding: 0; list-style: none; }
.timeline li { display: grid; grid-template-columns: minmax(0, 220px) 1fr; gap: 0 12px; align-items: center; padding: 4px 0; border-bottom: 1px solid var(--sunken); }
.timeline li > a { padding: 11px 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.timeline svg { display: block; width: 100%; height: 24px; border-bottom: 1px solid var(--border); }
.timeline .axis { border: 0; }
.timeline .axis div { display: flex; justify-content: space-between; color: var(--muted); font-size: 13px; }
.run-healthy { fill: var(--healthy); }
.run-degraded { fill: var(--degraded); }
.run-down { fill: var(--down); }
.run-maintenance { fill: var(--maintenance); }
.run-unknown, .run-mark { fill: none; stroke: var(--unknown); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.run-mark { stroke: var(--text); stroke-dasharray: 3 2; }
.withdraw { display: inline-block; margin: 0 0 0 8px; vertical-align: middle; }
span.legend { margin-right: 16px; white-space: nowrap; }
.incident { margin: 4px 0; padding: 4px 12px; border-left: 4px solid var(--down); background: var(--surface); border-radius: 0 10px 10px 0; }
.incident summary { color: var(--text); }
.incident p { margin: 0; }
.events li a { display: inline-block; padding: 4px 0; }
@media (max-width: 640px) {
  .timeline li { grid-template-columns: 1fr; }
  .timeline li > a { padding: 8px 0 2px; }
}
`;
