/**
 * The references of what a probe or a check costs: undici and nothing else. Started bundled, as `bare-calls.mjs URL WAY`, where WAY
 * is `request` (a connection of its own for each call), `dispatch` (undici's cheapest way to ask, on kept connections), or
 * `timers`: each of `bare-calls.mjs URL timers COUNT` timers requests once a second, from its start to its end.
 * Invariant: the body is read as JSON, and nothing beyond that: no deadline, no limit, no timings, no judgement, nothing stored.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request, type Dispatcher } from "undici";
import { phaseOffsetMs } from "../../../shared/domain/monitoring/schedule.ts";
import { CONCURRENCY, measureCalls } from "./measure-calls.ts";
import { obey } from "./obey.ts";

export type BareWay = "request" | "dispatch" | "timers";

const INTERVAL_MS = 1_000;

const [, , url = "", way = "", count = ""] = process.argv;

async function requestOnce(): Promise<void> {
  const { statusCode, body } = await request(url, { reset: true });
  if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
  JSON.parse(await body.text());
}

function dispatchOnKeptConnections(): () => Promise<void> {
  const { origin, pathname: path } = new URL(url);
  // As our transport keeps them; undici's own default would close them between two rounds.
  const agent = new Agent({ connections: CONCURRENCY, keepAliveTimeout: 60_000 });
  const ask = (settle: (body: Buffer) => void, fail: (error: Error) => void): void => {
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
  };
  return async () => void JSON.parse((await new Promise<Buffer>(ask)).toString());
}

/** Spread over the interval just as those of the service are: probes that come together cost less than single ones. */
function requestByTimers(): void {
  let calls = 0;
  const ask = async (): Promise<void> => {
    await requestOnce();
    calls += 1;
  };
  for (let index = 0; index < Number(count); index += 1) {
    void sleep(phaseOffsetMs(`service_${index}`, INTERVAL_MS)).then(() => setInterval(() => void ask(), INTERVAL_MS));
  }
  obey((): number => calls); // that have been answered so far
}

const WAYS: Readonly<Record<BareWay, () => void>> = {
  request: () => measureCalls(requestOnce),
  dispatch: () => measureCalls(dispatchOnKeptConnections()),
  timers: requestByTimers,
};

WAYS[way as BareWay]();
