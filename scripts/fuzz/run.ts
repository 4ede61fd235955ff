/**
 * The fuzzer itself: learns the API from its OpenAPI document, sends requests derived from it, judges every answer.
 * Called by main.ts and by the tests. Knows no service; all it is told is an address.
 * Invariant: a seed makes the same choices in every run; only what answers have told may differ.
 */
import fc, { type Arbitrary } from "fast-check";
import { readOperations, type Operation } from "./api-document.ts";
import { CLOSED, exchange, exchangeRaw, type Address } from "./connection.ts";
import { explore, type Ask } from "./explore.ts";
import { Harvest } from "./harvest.ts";
import { judge, judgeRaw } from "./oracle.ts";
import { rawRequests, type RawRequest } from "./raw-requests.ts";
import { Report, type Failed } from "./report.ts";
import { formatRequest, ordinaryRequests, type OrdinaryRequest } from "./requests.ts";
import { isPatience } from "./values.ts";

export interface FuzzOptions extends Address {
  readonly seed: number;
  readonly count: number;
  /** Ends early, with what there is; default: never. */
  readonly signal?: AbortSignal;
}

/** What goes on side by side: enough to keep the service busy on one core; more would measure the queue. */
const IN_TURN = { name: "in turn", lanes: 3, share: 0.93 };
const PIPELINED = { name: "pipelined", lanes: 1, share: 0.03 };
/** Incomplete requests take their time. */
const RAW = { name: "raw", lanes: 8, share: 0.04 };

/** Requests on one connection. */
const MOST_TOGETHER = 8;
/** A quarter is right, so that the code behind validation runs; a few have one thing wrong, which nothing else hides. */
const ODDNESSES = [0, 0.2, 0.4, 0.6];
/** What takes more has more that can go wrong. */
const RICH_WEIGHT = 2;

interface Run {
  readonly address: Address;
  readonly harvest: Harvest;
  readonly operations: readonly Operation[];
  readonly report: Report;
}

/** Rejects when the document cannot be read; faults of the service are in the report. */
export async function fuzz({ host, port, seed, count, signal }: FuzzOptions): Promise<Report> {
  const authority = `${host}:${port}`;
  const operations = readOperations(await documentAt(`http://${authority}/openapi.json`));
  const report = new Report(seed);
  const run = { address: { host, port }, harvest: new Harvest(), operations, report };
  const ordinary = ordinaryCases(operations, run.harvest, authority);
  // Raw bytes name no parameters, so they would wait for what comes some day.
  const prompt = operations.filter(({ parameters }) => !parameters.some(isPatience));
  const paths = new Set(prompt.map(({ path }) => path.replace(/\{\w+\}/g, "a")));
  const raw = fc.oneof(...[...paths].map((path) => rawRequests(path, authority)));
  const explored = <Case>({ name, lanes, share }: typeof RAW, cases: Arbitrary<readonly Case[]>, ask: Ask<Case>) =>
    Array.from({ length: lanes }, (_, lane) =>
      explore({ report, signal, cases, ask, seed: `${seed} ${name} ${lane}`, count: (count * share) / lanes }),
    );
  const together = (minLength: number) => fc.array(ordinary, { minLength, maxLength: MOST_TOGETHER });
  await Promise.all([
    ...explored(IN_TURN, together(1), asking(run, false)),
    ...explored(PIPELINED, together(2), asking(run, true)),
    ...explored(RAW, fc.tuple(raw), askingRaw(run)),
  ]);
  return report;
}

function ordinaryCases(
  operations: readonly Operation[],
  harvest: Harvest,
  authority: string,
): Arbitrary<OrdinaryRequest> {
  const nowMs = Date.now();
  const choices = operations.flatMap((operation) =>
    ODDNESSES.map((oddness) => ({
      weight: operation.parameters.length > 1 || operation.body ? RICH_WEIGHT : 1,
      arbitrary: ordinaryRequests(operation, { harvest, oddness, nowMs }, authority),
    })),
  );
  return fc.oneof(...choices);
}

function asking({ address, harvest, operations, report }: Run, isPipelined: boolean): Ask<OrdinaryRequest> {
  return async (together) => {
    const failures: Failed[] = [];
    for (let waiting = together.map(keepingOpen); waiting.length > 0;) {
      const { answered, fault } = await exchange(address, waiting, isPipelined);
      for (const { request, answer, durationMs } of answered) {
        const { faults, value } = judge(operations, request, answer);
        report.answered(answer.status, durationMs);
        failures.push(...faults.map((each) => ({ ...each, text: showRequest(request) })));
        harvest.take({ ...(value === undefined ? {} : { "": value }), etag: answer.headers.get("etag") });
      }
      waiting = waiting.slice(answered.length);
      // An answer may close the connection before those that follow it.
      if (fault === null || (fault === CLOSED && answered.length > 0)) continue;
      failures.push(...waiting.splice(0, 1).map((request) => ({ rule: fault, what: "", text: showRequest(request) })));
      report.unansweredCount += 1;
    }
    return failures;
  };
}

/** Who asks for the end of a connection must not send more on it. */
function keepingOpen(request: OrdinaryRequest, index: number, together: readonly OrdinaryRequest[]): OrdinaryRequest {
  if (index === together.length - 1) return request;
  return { ...request, headers: request.headers.filter((line) => !line.startsWith("connection:")) };
}

const showRequest = (request: OrdinaryRequest): string => formatRequest(request).toString("utf8");

function askingRaw({ address, report }: Run): Ask<RawRequest> {
  return async (together) => {
    const failures: Failed[] = [];
    for (const { kind, bytes } of together) {
      const { answers, fault } = await exchangeRaw(address, bytes);
      const faults = answers.flatMap(judgeRaw);
      if (fault !== null) faults.push({ rule: fault, what: kind });
      // A tunnel that is not opened may be closed without a word.
      if (answers.length === 0 && kind !== "tunnel") faults.push({ rule: "no answer to raw bytes", what: kind });
      if (answers.length === 0) report.unansweredCount += 1;
      for (const { status } of answers) report.answered(status);
      failures.push(...faults.map((each) => ({ ...each, text: bytes.toString("latin1") })));
    }
    return failures;
  };
}

async function documentAt(url: string): Promise<unknown> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await response.json();
  } catch (error) {
    throw new Error(`no OpenAPI document at ${url}`, { cause: error });
  }
}
