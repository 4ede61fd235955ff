/**
 * What the service's clock says, as far as the reader's clock tells: durations must be right where the two differ.
 * Used by what counts on. Invariant: an instant of the service is compared with this clock, never with the reader's.
 */

/** Where a page does not say when it was made, the two are taken to agree. */
function findLeadMs(): number {
  const madeAtMs = Date.parse(document.getElementById("currency")?.dataset["madeAt"] ?? "");
  return Number.isNaN(madeAtMs) ? 0 : Date.now() - madeAtMs;
}

const leadMs = findLeadMs();

export function serviceNowMs(): number {
  return Date.now() - leadMs;
}
