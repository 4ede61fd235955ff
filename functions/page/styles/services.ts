/** How the table of the services looks: a row each, on a phone a card of a few lines and its bar. */
export const SERVICES_STYLE = `
.services { table-layout: fixed; }
.services tr { content-visibility: auto; contain-intrinsic-height: auto 56px; }
.services td, .services th { overflow-wrap: break-word; }
.group { border-top: 1px solid var(--sunken); }
.group summary { padding: 11px 0; cursor: pointer; }
.services .days { height: 22px; }
.services .state .muted, .uptime .muted { display: block; white-space: nowrap; }
.sparkline { display: block; width: 72px; height: 20px; }
.sparkline path { fill: none; stroke: var(--muted); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
@media (min-width: 641px) {
  .services th:nth-child(1) { width: 14%; }
  .services th:nth-child(2) { width: 22%; }
  .services th:nth-child(4) { width: 72px; }
  .services th:nth-child(5) { width: 84px; }
  .services th:nth-child(6) { width: 25%; }
  .services th:nth-child(7) { width: 124px; }
}
@media (max-width: 640px) {
  .services tr { contain-intrinsic-height: auto 120px; gap: 2px 12px; }
  .services .state { text-align: right; }
  .services .hour, .services .reason:empty { display: none; }
  .services .quarter { grid-column: 1 / -1; order: 1; }
  .services .uptime { order: 2; }
  .services .number { order: 3; text-align: right; }
}
`;
