/** How the page of one service looks: figures, chart, ninety days, outages, checks. */
export const SERVICE_STYLE = `
.impact { font-weight: 600; }
.neighbours { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 0 0 16px; }
.neighbours > div { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; }
.neighbours dt, .figures dt { color: var(--muted); font-size: 13px; }
.neighbours dd, .figures dd { margin: 0; }
.neighbours a { display: inline-block; padding: 11px 4px; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); gap: 8px; margin: 16px 0; }
.figures > div { padding: 8px 12px; border-radius: 10px; background: var(--surface); }
.figures dd { font-size: 17px; }
.figures dd .muted { display: block; }
.chart-head { display: flex; flex-wrap: wrap; gap: 0 24px; align-items: baseline; justify-content: space-between; }
.range-links { margin-right: -8px; }
.range-links a { flex: none; min-width: 44px; padding: 11px 4px; text-align: center; white-space: nowrap; }
.chart-frame { position: relative; height: 220px; }
.chart-frame.alive .chart { display: none; }
.chart-tools { display: none; align-items: center; gap: 8px; justify-content: space-between; min-height: 48px; padding-top: 4px; color: var(--muted); font-size: 13px; }
.chart-tools button { flex: none; white-space: nowrap; }
@media (scripting: enabled) { .chart-tools { display: flex; visibility: hidden; } }
.alive + .chart-tools { visibility: visible; }
.alive ~ .signs .of-picture { visibility: hidden; }
.chart { overflow: hidden; }
.chart text { font-size: 13px; }
.chart .axis { fill: var(--muted); }
.chart .tick, .chart .clipped { text-anchor: middle; }
.chart .grid { stroke: var(--sunken); stroke-width: 1; }
.chart .band { fill: var(--maintenance); fill-opacity: 0.19; }
.chart .slow-after { stroke: var(--degraded); stroke-width: 1; stroke-dasharray: 2 4; }
.chart .mark-line { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 5 4; }
.chart .dot, .chart .clipped { fill: var(--text); }
.chart .clipped { font-size: 10px; }
.chart .reason-label { fill: var(--down); }
.chart .from-right { text-anchor: end; }
.chart .mark-flag { fill: var(--muted); }
.maintenance-bar { fill: var(--maintenance); opacity: 0.22; }
.signs { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 4px 0; padding: 0; list-style: none; color: var(--muted); font-size: 13px; }
.sign-line-p50, .sign-dot, .sign-clipped { color: var(--text); }
.sign-band { color: color-mix(in srgb, var(--maintenance) 45%, transparent); }
.sign-outage { color: color-mix(in srgb, var(--down) 45%, transparent); }
.sign-maintenance-bar { color: var(--maintenance); }
.sign-slow-after { color: var(--degraded); }
.quarter-view .days { max-width: none; height: auto; }
.day-frame { position: relative; }
.day-card { position: absolute; z-index: 1; top: 100%; left: 0; max-width: min(100%, 360px); padding: 8px 12px; border: 1px solid var(--border); border-radius: 10px; background: var(--page); pointer-events: none; }
.day-card.right { left: auto; right: 0; }
.day-card p { margin: 0; }
.quarter-view .ends { display: flex; justify-content: space-between; margin: 0; }
.outage-list { margin: 0; padding: 0; list-style: none; }
.outage-item { padding: 8px 0; border-bottom: 1px solid var(--sunken); }
.outage-item p { margin: 0; }
.checks .phases { width: 34%; }
.phase-bar { display: block; margin: 7px 0 2px; }
.phase-dns { fill: var(--degraded); }
.phase-tcp { fill: var(--border); }
.phase-tls { fill: var(--link); }
.phase-first_byte { fill: var(--muted); }
.phase-body { fill: var(--text); }
.configuration th { width: 200px; }
progress { width: min(100%, 480px); height: 12px; accent-color: var(--link); }
@media (max-width: 640px) {
  .figures { grid-template-columns: 1fr 1fr; }
  .checks .phases { grid-column: 1 / -1; width: auto; order: 2; }
  .checks .reason { order: 1; }
  .checks .number { text-align: right; }
  .day-table tr { grid-template-columns: 1fr 1fr; }
  .day-table td:first-child { order: 0; }
  .day-table .none { display: none; }
  .day-table td[data-group]::before { content: attr(data-group) " "; color: var(--muted); }
  .configuration tr { grid-template-columns: 1fr; }
}
`;
