/**
 * What runs on the public page. Loaded as `/assets/public.….js`.
 * Invariant: it asks the server for nothing; the page can be used without it.
 */
import { writeTimes } from "./times.ts";

writeTimes(document);
