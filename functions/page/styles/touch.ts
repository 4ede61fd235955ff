/**
 * What is touched is 44 px high and wide at least, on a phone and wherever a finger points. Joined in style.ts, as the last one.
 * `alone` is a link that stands beside a text and is no part of its sentences. Invariant: a link within a sentence stays as high as its
 * line; test/functions/page/touch-browser.test.ts measures all others.
 */
export const TOUCH_STYLE = `
@media (max-width: 640px), (pointer: coarse) {
  .rows th a { display: inline-block; min-width: 44px; margin: -8px 0 -14px; padding: 8px 0 14px; }
  .timeline li > a { margin-bottom: -6px; padding: 14px 0 8px; }
  .events li:has(a) { padding: 0; }
  .events li a, .alone { display: inline-block; padding: 11px 0; }
  .alone, .actions a, .pager a, .public footer a { min-width: 44px; }
  .public header a { display: inline-block; margin: -11px 0; padding: 11px 0; }
  #keys label { display: flex; gap: 8px; align-items: center; min-height: 44px; margin: 0; }
}
`;
