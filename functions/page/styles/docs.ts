/** The page about the API. Joined in style.ts. */
export const DOCS_STYLE = `
.docs { display: grid; grid-template-columns: 300px minmax(0, 1fr); gap: 0 32px; }
.docs .about { grid-column: 1 / -1; }
.docs .contents { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 8px 0; display: block; }
.docs .contents ul { margin: 0; padding: 0; list-style: none; }
.docs .contents a { display: block; padding: 4px 0; font-size: 13px; line-height: 18px; }
.docs h2 { margin: 32px 0 0; }
.docs h2::first-letter { text-transform: uppercase; }
.docs article { padding: 16px 0; border-bottom: 1px solid var(--sunken); }
.docs h3, .docs h4, .docs [id^="refusal-"] { scroll-margin-top: 8px; }
.docs h4 { margin: 12px 0 4px; font-size: 13px; color: var(--muted); }
.docs p { margin: 4px 0; }
.docs dl, .docs dd, .docs article ul { margin: 0; }
.docs dl > div { padding: 4px 0; }
.docs dd { padding-left: 16px; }
.docs code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, monospace; font-size: 13px; }
.docs pre { margin: 8px 0; padding: 12px; border-radius: 10px; background: var(--surface); white-space: pre-wrap; overflow-wrap: anywhere; }
.docs .method { display: inline-block; min-width: 3.5em; font-size: 13px; font-weight: 600; color: var(--muted); }
.docs .kind { font-size: 13px; }
.docs :target { background: var(--sunken); }
@media (max-width: 860px) {
  .docs { grid-template-columns: minmax(0, 1fr); }
  .docs .contents { position: static; max-height: none; }
  .docs .contents a { padding: 13px 0; }
}
`;
