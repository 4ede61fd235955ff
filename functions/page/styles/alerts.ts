/** How the view Alerts looks. Joined in style.ts. Invariant: the steps of a life are told apart by words and arrows, not by colour. */
export const ALERTS_STYLE = `
.cards.wide { grid-template-columns: repeat(auto-fill, minmax(min(100%, 520px), 1fr)); }
.life { display: flex; flex-wrap: wrap; gap: 0 8px; margin: 8px 0 0; padding: 0; list-style: none; }
.life li + li::before { content: "→"; margin-right: 8px; color: var(--muted); }
.life .future { color: var(--muted); font-style: italic; }
.quiet { margin: 0; padding: 0; list-style: none; }
.quiet li { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; justify-content: space-between; padding: 8px 0; border-bottom: 1px solid var(--sunken); }
.quiet p { margin: 0; }
.actions .actions { margin-top: 0; }
.planning { margin-top: 8px; }
@media (max-width: 640px) {
  .listed tr, .listed td, .listed th { display: block; }
  .listed [data-label]::before { content: attr(data-label) ": "; color: var(--muted); font-size: 13px; }
}
`;
