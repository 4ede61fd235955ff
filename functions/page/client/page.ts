/**
 * What runs on every page, once its markup is there: times in the reader's zone, what is new as it comes, filter, theme and keys.
 * Loaded as `/assets/page.….js`. Invariants: whatever it does the page can be used without it; the number of listeners is constant.
 */
import { startFilter } from "./filter.ts";
import { followNow } from "./follow-now.ts";
import { startKeys } from "./keys.ts";
import { refresh } from "./refresh.ts";
import { startTheme } from "./theme.ts";
import { countOn, writeTimes } from "./times.ts";

/** As without a script. */
const REFRESH_EVERY_MS = 15_000;

writeTimes(document);
startFilter();
startTheme();
startKeys();
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
