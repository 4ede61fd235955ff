/**
 * How the pages look: one sheet, which scripts/browser-assets.ts makes an asset.
 * Invariants: no address of another origin, no font to be loaded; nothing is told by colour alone.
 */
import { COLOURS } from "./colours.ts";
import { ALERTS_STYLE } from "./styles/alerts.ts";
import { CONTROLS_STYLE } from "./styles/controls.ts";
import { DOCS_STYLE } from "./styles/docs.ts";
import { FORMS_STYLE } from "./styles/forms.ts";
import { HISTORY_STYLE } from "./styles/history.ts";
import { ROUTES_STYLE } from "./styles/routes.ts";
import { SERVICE_STYLE } from "./styles/service.ts";
import { SETUP_STYLE } from "./styles/setup.ts";
import { SERVICES_STYLE } from "./styles/services.ts";
import { TOUCH_STYLE } from "./styles/touch.ts";
import { UPLOT_STYLE } from "./styles/uplot.ts";
import { PUBLIC_STYLE } from "./styles/public.ts";
import { LIVE_STYLE } from "./styles/live.ts";

const variables = (theme: keyof typeof COLOURS): string =>
  Object.entries(COLOURS[theme])
    .map(([role, colour]) => `--${role}:${colour};`)
    .join("");

const GROUPS = ["healthy", "degraded", "down", "unknown", "maintenance"] as const;

export const STYLE = `
:root { color-scheme: light dark; ${variables("light")} }
@media (prefers-color-scheme: dark) { :root:not([data-theme]) { ${variables("dark")} } }
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; ${variables("dark")} }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1200px; padding: 0 16px 32px; background: var(--page); color: var(--text);
  font: 15px/22px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
header { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: center; padding: 4px 0; border-bottom: 1px solid var(--sunken); }
header strong { font-size: 17px; }
header nav { margin-right: auto; }
nav { display: flex; gap: 4px; overflow-x: auto; }
nav a { padding: 11px 12px; text-decoration: none; }
header nav a { white-space: nowrap; }
nav a[aria-current] { color: var(--text); box-shadow: inset 0 -3px var(--link); }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 16px; top: 8px; padding: 8px; background: var(--page); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.muted, footer, time:not([data-run]) { color: var(--muted); font-size: 13px; }
.notice, .banner { padding: 8px 12px; border-radius: 10px; background: var(--sunken); }
.banner { border-left: 4px solid var(--degraded); }
.verdict { margin: 24px 0; padding-left: 16px; border-left: 6px solid currentColor; }
.verdict h1 { margin: 0; }
.verdict p { margin: 4px 0 0; color: var(--text); }
.verdict .muted { color: var(--muted); }
${GROUPS.map((group) => `.verdict.${group}, .status.${group}, .card.${group} h3 > span:first-child { color: var(--${group}); }`).join("\n")}
h1 { font-size: 30px; line-height: 36px; }
h2 { margin: 24px 0 8px; font-size: 17px; }
h3 { margin: 0; font-size: 15px; }
.tag { padding: 1px 6px; border: 1px solid var(--border); border-radius: 6px; color: var(--muted); font-size: 13px; font-weight: 400; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); gap: 12px; margin: 0; padding: 0; list-style: none; }
.card { padding: 12px 16px; border: 1px solid var(--sunken); border-radius: 10px; background: var(--surface); }
.card p { margin: 4px 0 0; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-top: 8px; }
.actions a { padding: 11px 0; }
.done { border-left-color: var(--healthy); }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 8px 12px 8px 0; border-bottom: 1px solid var(--sunken); text-align: left; vertical-align: top; overflow-wrap: break-word; }
/* What others have written may break anywhere, so that it takes no width from words that must not. */
tbody th, .reason, .foreign, .configuration td { overflow-wrap: anywhere; }
.foreign { min-width: 100px; }
.listed .reason { min-width: 180px; }
thead th { color: var(--muted); font-size: 13px; font-weight: 400; }
tbody th { font-weight: 600; }
.status { white-space: nowrap; font-weight: 600; }
.number { white-space: nowrap; }
.events { margin: 0; padding: 0; list-style: none; }
.events li { padding: 4px 0; }
label { display: block; margin: 12px 0 4px; }
input, button { min-height: 44px; padding: 8px 12px; border: 1px solid var(--border); border-radius: 8px; background: var(--surface);
  color: var(--text); font: inherit; }
button { cursor: pointer; }
input[type="password"] { width: min(100%, 480px); margin: 0 8px 8px 0; }
.days { display: block; width: 100%; max-width: 720px; height: 32px; }
.days-healthy { stroke: var(--healthy); stroke-width: 32; stroke-dasharray: 4 2; }
figure { margin: 0; }
.chart { display: block; }
.chart path { fill: none; vector-effect: non-scaling-stroke; }
.line-p50 { stroke: var(--text); stroke-width: 2; }
.outage { fill: var(--down); opacity: 0.22; }
${GROUPS.map((group) => `.fill-${group} { fill: var(--${group}); }`).join("\n")}
footer { margin-top: 32px; }
${LIVE_STYLE}
${CONTROLS_STYLE}
@media (max-width: 640px) {
  header nav { gap: 0; }
  header nav a { min-width: 44px; padding: 11px 8px; text-align: center; }
  thead { position: absolute; left: -999px; }
  table, tbody { display: block; }
  tr { display: grid; grid-template-columns: 1fr auto; padding: 8px 0; border-bottom: 1px solid var(--sunken); }
  th, td { padding: 0; border: 0; }
  tbody th { order: -2; }
  td:first-child { order: -1; }
  .reason { grid-column: 1 / -1; }
}
${SERVICES_STYLE}
${SERVICE_STYLE}
${UPLOT_STYLE}
${FORMS_STYLE}
${ALERTS_STYLE}
${HISTORY_STYLE}
${ROUTES_STYLE}
${SETUP_STYLE}
${PUBLIC_STYLE}
${DOCS_STYLE}
${TOUCH_STYLE}`;
