/** How the view Setup looks. Joined in style.ts. */
export const SETUP_STYLE = `
.drill progress { width: min(100%, 240px); vertical-align: middle; }
.card progress { display: block; width: min(100%, 240px); margin-top: 8px; }
pre { margin: 8px 0; padding: 12px; overflow-x: auto; border-radius: 8px; background: var(--surface); border: 1px solid var(--sunken); white-space: pre-wrap; font: 13px/20px ui-monospace, monospace; }
code { font-family: ui-monospace, monospace; font-size: 13px; }
.banner p { margin: 0; }
`;
