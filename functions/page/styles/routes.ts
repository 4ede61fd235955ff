/** How the view Routes looks. Joined in style.ts. Invariant: who is called is told by words, and by more than a colour. */
export const ROUTES_STYLE = `
.routes .part { display: block; font-size: 13px; line-height: 18px; }
.routes .called > th { border-left: 4px solid var(--text); padding-left: 8px; }
.routes .fail-open { border-left-color: var(--down); }
.routes .fail-open strong { color: var(--down); }
@media (min-width: 641px) {
  .routes tbody th { min-width: 140px; }
  .routes td:nth-child(4), .routes td:nth-child(6) { min-width: 200px; }
}
`;
