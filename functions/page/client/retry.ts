/**
 * A page that could not be made is there as soon as it can be: it is asked for from time to time, and then loaded. Called by page.ts.
 * Invariant: what somebody reads is not replaced by another page that says no more.
 */
import { load } from "./refresh.ts";

const ASK_EVERY_MS = 5_000;

export function retry(address: string): void {
  setInterval(() => {
    if (document.hidden) return;
    // Whoever does not answer is asked again.
    load(address, { method: "HEAD" }).then(
      ({ ok }) => ok && location.replace(address),
      () => {},
    );
  }, ASK_EVERY_MS);
}
