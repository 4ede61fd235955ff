/**
 * What runs on every page, once its markup is there: times in the reader's zone, and what is new as it comes.
 * Loaded as `/assets/page.….js`. Invariants: whatever it does the page can be used without it; the number of listeners is constant.
 */
import { followNow } from "./follow-now.ts";
import { refresh } from "./refresh.ts";
import { countOn, writeTimes } from "./times.ts";

/** As without a script. */
const REFRESH_EVERY_MS = 15_000;

writeTimes(document);
setInterval(() => !document.hidden && countOn(stillTrue()), 1_000);

const address = document.getElementById("main")?.dataset["reloads"];
const now = document.getElementById("now");
if (now) followNow(now);
else if (address !== undefined)
  setInterval(() => !document.hidden && void refresh(address).catch(() => {}), REFRESH_EVERY_MS);

/** While nothing is heard, only that goes on. */
function stillTrue(): ParentNode {
  const currency = document.body.classList.contains("is-cut-off") ? document.getElementById("currency") : null;
  return currency ?? document;
}
