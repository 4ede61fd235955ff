/** A share as people read it, wherever a page or a badge shows one. Pure. */

/** `99.66 %`; all of it is `100 %`, which is what nothing below it may look like. */
export function formatPercent(percent: number): string {
  return `${percent === 100 ? "100" : percent.toFixed(2)} %`;
}
