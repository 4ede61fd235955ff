/** The public page: what it has beside the parts of the other pages. Joined in style.ts. */
export const PUBLIC_STYLE = `
.public { max-width: 860px; }
.public header strong { padding: 11px 0; }
.public header a { color: var(--text); text-decoration: none; }
.public .shown { margin: 0; padding: 0; list-style: none; }
.public .shown > li { padding: 12px 0; border-bottom: 1px solid var(--sunken); }
.public .currency { margin-left: auto; }
.public .line { display: flex; flex-wrap: wrap; gap: 0 16px; justify-content: space-between; }
.public .line a { display: inline-flex; align-items: center; min-height: 44px; font-weight: 600; }
.public .line .status { padding: 11px 0; }
.public .days { max-width: none; }
.public .shown p { margin: 0 0 4px; }
.public .days + p { margin: 4px 0 0; }
.public .past { margin: 0; padding: 0; list-style: none; }
.public .past > li { display: grid; grid-template-columns: 120px 1fr; padding: 8px 0; border-bottom: 1px solid var(--sunken); }
.public .past h3 { color: var(--muted); font-size: 13px; font-weight: 400; }
.public .past p { margin: 0 0 4px; }
@media (max-width: 640px) { .public .past > li { grid-template-columns: 100px 1fr; } }
.public .pager { display: flex; justify-content: space-between; }
.public .pager a, .public footer a { display: inline-block; padding: 11px 0; }
.public footer { display: flex; flex-wrap: wrap; gap: 0 16px; align-items: center; }
p.legend { margin: 8px 0 0; font-size: 13px; line-height: 18px; color: var(--muted); }
`;
