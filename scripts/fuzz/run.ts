/**
 * The fuzzer itself: learns the API from its OpenAPI document, sends requests derived from it, judges every answer.
 * Called by main.ts, by the benchmark row and by the tests. Knows no service; all it is told is an address.
 * Invariant: request number i of a seed makes the same choices in every run; only what answers have told may differ.
 */
import { operationsOf, type Operation } from "./api-document.ts";
import { CLOSED, exchangeRaw, KeptConnection, type Exchange } from "./connection.ts";
import { jsonOf } from "./response-body.ts";
import type { Fault } from "./fault.ts";
import { Harvest } from "./harvest.ts";
import { createOracle, type Oracle } from "./oracle.ts";
import { bytesOf, ordinaryRequest, type OrdinaryRequest } from "./ordinary-request.ts";
import { Prng } from "./prng.ts";
import { rawRequest } from "./raw-requests.ts";
import { Report, type FuzzReport } from "./report.ts";
import { createSchemaCheck } from "./schema-check.ts";

export interface FuzzOptions {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly count: number;
  /** Ends early, with what there is; default: never. */
  readonly signal?: AbortSignal;
}

/** Enough to keep the service busy on one core; more would measure the queue. */
const CONNECTIONS = 4;
const RICH_SHARE = 0.2;
const RAW_SHARE = 0.04;
const PIPELINED_SHARE = 0.03;
const MOST_PIPELINED = 8;
const MOST_RAW = 32;
const FRESH_CONNECTION_SHARE = 0.01;

/** Rejects when the document cannot be read; faults of the service are in the report. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { host, port, seed, count } = options;
  const address = { host, port };
  const authority = `${host}:${port}`;
  const operations = operationsOf(await documentOf(address, authority));
  const run: Run = {
    address,
    authority,
    operations,
    seed,
    harvest: new Harvest(),
    oracle: createOracle(operations, createSchemaCheck()),
    report: new Report(seed),
    nowMs: Date.now(),
    raw: new Set(),
  };
  let next = 0;
  const isDone = (): boolean => next >= count || options.signal?.aborted === true;
  const work = async (): Promise<void> => {
    const connection = new KeptConnection(address);
    try {
      while (!isDone()) {
        const batch = Math.min(batchSize(new Prng(seed, -1 - next)), count - next);
        next += batch;
        await oneTurn(run, connection, { first: next - batch, batch });
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  await Promise.all(run.raw);
  return run.report.end();
}

interface Run {
  readonly address: { readonly host: string; readonly port: number };
  readonly authority: string;
  readonly operations: readonly Operation[];
  readonly seed: number;
  readonly harvest: Harvest;
  readonly oracle: Oracle;
  readonly report: Report;
  readonly nowMs: number;
  /** Under way beside the ordinary requests: incomplete ones take their time. */
  readonly raw: Set<Promise<void>>;
}

function batchSize(prng: Prng): number {
  return prng.chance(PIPELINED_SHARE) ? prng.int(2, MOST_PIPELINED) : 1;
}

async function oneTurn(run: Run, connection: KeptConnection, turn: { first: number; batch: number }): Promise<void> {
  const { first, batch } = turn;
  const prng = new Prng(run.seed, first);
  if (batch === 1 && prng.chance(RAW_SHARE)) return beginRaw(run, first, prng);
  if (prng.chance(FRESH_CONNECTION_SHARE)) connection.close();
  let waiting = Array.from({ length: batch }, (_, offset) => {
    const request = requestOf(run, new Prng(run.seed, first + offset));
    return { index: first + offset, request: offset < batch - 1 ? keepingOpen(request) : request };
  });
  while (waiting.length > 0) {
    const sent = waiting.map(({ request }) => ({ method: request.method, bytes: bytesOf(request) }));
    const exchange = await connection.exchange(sent);
    waiting = accept(run, waiting, exchange);
  }
}

/** Who asks for the end of a connection must not send more on it. */
function keepingOpen(request: OrdinaryRequest): OrdinaryRequest {
  return { ...request, headers: request.headers.filter(([name]) => name !== "connection") };
}

interface Indexed {
  readonly index: number;
  readonly request: OrdinaryRequest;
}

/** Judges what has been answered; returns what has not, because an answer before it closed the connection. */
function accept(run: Run, asked: readonly Indexed[], { answers, durationMs, fault }: Exchange): Indexed[] {
  const { report, oracle, harvest } = run;
  for (const [position, response] of answers.entries()) {
    const one = asked[position];
    if (!one) break;
    const { faults, value } = oracle.judge(one.request, response, one.index);
    report.answered(response.status, durationMs);
    if (faults.length > 0) report.failed({ index: one.index, text: requestText(one.request), faults });
    const etag = response.headers.get("etag");
    harvest.take({ ...(value === undefined ? {} : { "": value }), ...(etag === undefined ? {} : { etag }) });
  }
  if (fault === null || (fault === CLOSED && answers.length > 0)) return asked.slice(answers.length);
  const isAnswered = answers.length >= asked.length;
  const blamed = asked[isAnswered ? asked.length - 1 : answers.length];
  if (blamed)
    report.failed({ index: blamed.index, text: requestText(blamed.request), faults: [{ rule: fault, what: "" }] });
  if (!isAnswered) report.unanswered();
  return asked.slice(answers.length + 1);
}

function requestOf({ operations, harvest, nowMs, authority }: Run, prng: Prng): OrdinaryRequest {
  // A quarter is right, so that the code behind validation runs; a few have one thing wrong, which nothing else hides.
  const oddness = prng.pick([0, 0.2, 0.4, 0.6]);
  return ordinaryRequest(operationFor(operations, prng), { prng, harvest, oddness, nowMs }, authority);
}

/** What takes more has more that can go wrong. */
function operationFor(operations: readonly Operation[], prng: Prng): Operation {
  const isRich = ({ parameters, body }: Operation): boolean => parameters.length > 1 || body !== null;
  const rich = prng.chance(RICH_SHARE) ? operations.filter(isRich) : [];
  return prng.pick(rich.length > 0 ? rich : operations);
}

async function beginRaw(run: Run, index: number, prng: Prng): Promise<void> {
  if (run.raw.size >= MOST_RAW) await Promise.race(run.raw);
  const asked: Promise<void> = askRaw(run, index, prng).finally(() => run.raw.delete(asked));
  run.raw.add(asked);
}

async function askRaw(
  { address, authority, operations, oracle, report }: Run,
  index: number,
  prng: Prng,
): Promise<void> {
  const { path } = prng.pick(operations);
  const { kind, bytes } = rawRequest({ prng, path: path.replace(/\{\w+\}/g, "a"), authority });
  const { answers, fault } = await exchangeRaw(address, bytes);
  const faults: Fault[] = fault === null ? [] : [{ rule: fault, what: kind }];
  // A tunnel that is not opened may be closed without a word.
  if (answers.length === 0 && kind !== "tunnel") faults.push({ rule: "no answer to raw bytes", what: kind });
  for (const response of answers) {
    report.answered(response.status, null);
    faults.push(...oracle.judgeRaw(response).faults);
  }
  if (answers.length === 0) report.unanswered();
  if (faults.length > 0) report.failed({ index, text: bytes.toString("latin1"), faults });
}

function requestText(request: OrdinaryRequest): string {
  return bytesOf(request).toString("utf8");
}

async function documentOf(address: Run["address"], authority: string): Promise<unknown> {
  const connection = new KeptConnection(address);
  try {
    const bytes = Buffer.from(`GET /openapi.json HTTP/1.1\r\nhost: ${authority}\r\n\r\n`);
    const { answers, fault } = await connection.exchange([{ bytes, method: "GET" }]);
    const [response] = answers;
    const document = response?.status === 200 ? jsonOf(response) : undefined;
    if (document === undefined)
      throw new Error(`no OpenAPI document at http://${authority}/openapi.json: ${fault ?? response?.status}`);
    return document;
  } finally {
    connection.close();
  }
}
