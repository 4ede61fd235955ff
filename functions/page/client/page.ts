/**
 * What runs on every page, once its markup is there. Loaded as `/assets/page.….js`.
 * Invariant: whatever it does the page can be used without it.
 */
import { localiseTimes } from "./times.ts";

localiseTimes(document, Date.now());
