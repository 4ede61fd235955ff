/**
 * The reference of probe-pooled: undici's `dispatch` on kept connections, its cheapest way to ask, and the body read as JSON.
 * Started by probe-cost.ts, bundled, as `bare-dispatch.mjs URL`.
 * Invariant: nothing beyond that: no deadline, no limit, no timings, no judgement.
 */
import { Agent, type Dispatcher } from "undici";
import { CONCURRENCY, measureCalls, targetUrl } from "./measure-calls.ts";

const { origin, pathname: path } = new URL(targetUrl());
/** As our transport keeps them; undici's own default would close them between two rounds. */
const agent = new Agent({ connections: CONCURRENCY, keepAliveTimeout: 60_000 });

function ask(settle: (body: Buffer) => void, fail: (error: Error) => void): void {
  const chunks: Buffer[] = [];
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart() {},
    onResponseStart(_controller, statusCode) {
      if (statusCode !== 200) fail(new Error(`HTTP ${statusCode}`));
    },
    onResponseData: (_controller, chunk) => void chunks.push(chunk),
    onResponseEnd: () => settle(Buffer.concat(chunks)),
    onResponseError: (_controller, error) => fail(error),
  };
  agent.dispatch({ origin, path, method: "GET" }, handler);
}

measureCalls(async () => {
  const body = await new Promise<Buffer>(ask);
  JSON.parse(body.toString());
});
