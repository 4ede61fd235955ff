/**
 * What runs on every page, once its markup is there: times in the reader's zone, what is new as it comes, filter, theme and keys.
 * Loaded as `/assets/page.….js`. Invariants: whatever it does the page can be used without it; the number of listeners is constant.
 */
import { startFilter } from "./filter.ts";
import { followNow } from "./follow-now.ts";
import { followPage } from "./follow-page.ts";
import { startKeys } from "./keys.ts";
import { findNews } from "./refresh.ts";
import { retry } from "./retry.ts";
import { startTheme } from "./theme.ts";
import { startClocks } from "./times.ts";

startClocks();
startFilter();
startTheme();
startKeys();

const address = document.getElementById("main")?.dataset["reloads"];
const currency = document.getElementById("currency");
const now = document.getElementById("now");
if (now && currency) followNow(now, currency);
else if (address !== undefined && currency) followPage({ address, currency, findNews });
else if (address !== undefined) retry(address);
