/**
 * What runs on the public page: times in the reader's zone, and now and then what is new. Loaded as `/assets/public.….js`.
 * Invariant: it asks for nothing but the page itself, which can be used without it.
 */
import { refresh } from "./refresh.ts";
import { writeTimes } from "./times.ts";

/** As without a script. */
const REFRESH_EVERY_MS = 60_000;

writeTimes(document);

const address = document.getElementById("main")?.dataset["reloads"];
if (address !== undefined)
  setInterval(() => !document.hidden && void refresh(address).catch(() => {}), REFRESH_EVERY_MS);
