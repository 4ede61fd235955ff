/**
 * How the table of the services looks: a row each, on a phone a card of a few lines and its bar.
 * A row is a grid, so that the browser need not lay out and paint those that nobody sees: `content-visibility` is not for rows of tables,
 * and an update of a table with 200 took 14 ms instead of 5 (November 2026). The first rows are laid out at once, as what is seen must not move.
 */
export const SERVICES_STYLE = `
.services, .services thead, .services tbody { display: block; }
.services tr { display: grid; }
.rows tr:nth-child(n + 16) { content-visibility: auto; contain-intrinsic-height: auto 61px; }
.services td, .services th { overflow-wrap: anywhere; }
.group { border-top: 1px solid var(--sunken); }
.group summary { padding: 11px 0; cursor: pointer; }
.services .days { height: 22px; }
.services .state .muted, .uptime .muted { display: block; white-space: nowrap; }
.sparkline { display: block; width: 72px; height: 20px; }
.sparkline path { fill: none; stroke: var(--muted); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
@media (min-width: 641px) {
  .services tr { grid-template-columns: 14% 22% minmax(0, 1fr) 72px 84px 25% 124px; }
}
@media (max-width: 640px) {
  .services tr { grid-template-columns: minmax(0, 1fr) auto; gap: 2px 12px; }
  .rows tr:nth-child(n + 16) { contain-intrinsic-height: auto 120px; }
  .services .state { text-align: right; }
  .services .hour, .services .reason:empty { display: none; }
  .services .quarter { grid-column: 1 / -1; order: 1; }
  .services .uptime { order: 2; }
  .services .number { order: 3; text-align: right; }
}
`;
