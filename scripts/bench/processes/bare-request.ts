/**
 * The reference of probe-fresh: `undici.request` on a connection of its own, and the body read as JSON.
 * Started by probe-cost.ts, bundled, as `bare-request.mjs URL`.
 * Invariant: nothing beyond that: no deadline, no limit, no timings, no judgement.
 */
import { request } from "undici";
import { measureCalls, targetUrl } from "./measure-calls.ts";

const url = targetUrl();

measureCalls(async () => {
  const { statusCode, body } = await request(url, { reset: true });
  if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
  JSON.parse(await body.text());
});
