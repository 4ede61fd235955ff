/** How forms look, on a page among others and alone. Joined in style.ts. Invariant: what is touched is 44 px high at least. */
export const FORMS_STYLE = `
select, summary { min-height: 44px; }
select { padding: 8px 12px; border: 1px solid var(--border); border-radius: 8px; background: var(--surface); color: var(--text); font: inherit; max-width: 100%; }
summary { padding: 11px 0; cursor: pointer; color: var(--link); }
.fields { display: grid; gap: 4px 16px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 240px), 1fr)); align-items: start; padding-bottom: 12px; }
.fields > .banner, .fields > button { grid-column: 1 / -1; }
.fields > button { justify-self: start; margin-top: 8px; }
.field label { margin: 8px 0 4px; }
.field input, .field select { width: 100%; }
.field .tick { display: flex; gap: 8px; align-items: center; min-height: 44px; margin: 8px 0 0; }
.field .tick input { width: 24px; min-height: 24px; }
.field p { margin: 4px 0 0; }
.fault { color: var(--down); font-weight: 600; }
[aria-invalid="true"] { border: 2px solid var(--down); }
.alert-filter { display: flex; flex-wrap: wrap; gap: 0 16px; align-items: end; margin-bottom: 8px; }
.alert-filter label { max-width: 100%; }
.alert-filter select, .alert-filter input { display: block; }
.alert-filter button { margin-bottom: 4px; }
.pager { display: flex; flex-wrap: wrap; gap: 0 24px; }
.pager a { padding: 11px 0; }
`;
