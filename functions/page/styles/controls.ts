/** How filter, theme and the list of keys look. Part of style.ts. */
export const CONTROLS_STYLE = `
.services-head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0 16px; margin-top: 24px; }
.services-head h2 { margin: 0; }
.filter { display: flex; gap: 8px; align-items: center; }
.services-head .filter label, .services-head .filter input { margin: 0; }
.filter input { width: min(50vw, 220px); }
#filtered { min-width: 64px; }
.rows tr[hidden] { display: none; }
header form { margin: 0; }
#theme button { border-color: transparent; background: none; color: var(--muted); font-size: 13px; }
#theme span, :root[data-theme] .theme-system { display: none; }
:root:not([data-theme]) #theme .theme-system, :root[data-theme="light"] #theme .theme-light, :root[data-theme="dark"] #theme .theme-dark { display: inline; }
footer a { padding: 11px 0; }
footer { display: flex; flex-wrap: wrap; gap: 16px; align-items: center; justify-content: space-between; min-height: 44px; }
#keys { max-width: min(480px, 100%); border: 1px solid var(--border); border-radius: 10px; background: var(--page); color: var(--text); }
#keys::backdrop { background: #10151c99; }
#keys tr { display: table-row; }
#keys table { display: table; }
#keys tbody { display: table-row-group; }
#keys th, #keys td { padding: 6px 12px 6px 0; border: 0; }
#keys h2 { margin-top: 0; }
#keys form { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; justify-content: space-between; }
#keys input { min-height: 24px; min-width: 24px; vertical-align: middle; }
kbd { padding: 1px 6px; border: 1px solid var(--border); border-radius: 6px; font: 13px/18px ui-monospace, monospace; white-space: nowrap; }
`;
