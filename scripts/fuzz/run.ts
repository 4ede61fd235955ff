/**
 * The fuzzer itself: learns the API from its OpenAPI document, sends requests derived from it, judges every answer.
 * Called by main.ts and by the tests. Knows no service; all it is told is an address.
 * Invariant: a seed makes the same choices in every run; only what answers have told may differ.
 */
import fc, { type Arbitrary } from "fast-check";
import { operationsOf, type Operation } from "./api-document.ts";
import { CLOSED, exchangeRaw, KeptConnection, type Address, type Exchange } from "./connection.ts";
import { explore } from "./explore.ts";
import { Harvest } from "./harvest.ts";
import { createOracle, type Oracle } from "./oracle.ts";
import { rawRequests, type RawRequest } from "./raw-requests.ts";
import { Report, type Failed, type FuzzReport } from "./report.ts";
import { jsonOf } from "./response-body.ts";
import { bytesOf, ordinaryRequests, type OrdinaryRequest } from "./requests.ts";

export interface FuzzOptions extends Address {
  readonly seed: number;
  readonly count: number;
  /** Ends early, with what there is; default: never. */
  readonly signal?: AbortSignal;
}

/** Enough to keep the service busy on one core; more would measure the queue. */
const CONNECTIONS = 4;
/** Beside them: incomplete requests take their time. */
const RAW_CONNECTIONS = 8;
const RAW_SHARE = 0.04;
const PIPELINED_PERCENT = 3;
const MOST_PIPELINED = 8;
/** A quarter is right, so that the code behind validation runs; a few have one thing wrong, which nothing else hides. */
const ODDNESSES = [0, 0.2, 0.4, 0.6];
/** What takes more has more that can go wrong. */
const RICH_WEIGHT = 2;

/** Rejects when the document cannot be read; faults of the service are in the report. */
export async function fuzz({ host, port, seed, count, signal }: FuzzOptions): Promise<FuzzReport> {
  const address = { host, port };
  const operations = operationsOf(await documentOf(address));
  const run = { address, harvest: new Harvest(), oracle: createOracle(operations), report: new Report(seed) };
  const rawCount = Math.ceil((count * RAW_SHARE) / RAW_CONNECTIONS);
  const ordinaryCount = Math.ceil((count - rawCount * RAW_CONNECTIONS) / CONNECTIONS);
  const plan = { report: run.report, seed, isOver: () => signal?.aborted === true };
  const ordinary = ordinaryCases(operations, run);
  const raw = fc.oneof(
    ...operations.map(({ path }) => rawRequests(path.replace(/\{\w+\}/g, "a"), authorityOf(address))),
  );
  await Promise.all([
    ...numbers(CONNECTIONS).map(async (lane) => {
      const connection = new KeptConnection(address);
      const ask = (batch: OrdinaryRequest[]) => askInTurn(run, connection, batch);
      await explore({ ...plan, lane, count: ordinaryCount, cases: ordinary, ask }).finally(() => connection.close());
    }),
    ...numbers(RAW_CONNECTIONS).map((lane) =>
      explore({ ...plan, lane: CONNECTIONS + lane, count: rawCount, cases: raw, ask: (one) => askRaw(run, one) }),
    ),
  ]);
  return run.report.end();
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const authorityOf = ({ host, port }: Address): string => `${host}:${port}`;

interface Run {
  readonly address: Address;
  readonly harvest: Harvest;
  readonly oracle: Oracle;
  readonly report: Report;
}

/** One request, or some that are sent at once. */
function ordinaryCases(operations: readonly Operation[], { harvest, address }: Run): Arbitrary<OrdinaryRequest[]> {
  const nowMs = Date.now();
  const requests = fc.oneof(
    ...operations.flatMap((operation) =>
      ODDNESSES.map((oddness) => ({
        weight: operation.parameters.length > 1 || operation.body !== null ? RICH_WEIGHT : 1,
        arbitrary: ordinaryRequests(operation, { harvest, oddness, nowMs }, authorityOf(address)),
      })),
    ),
  );
  const pipelined = fc.array(requests, { minLength: 2, maxLength: MOST_PIPELINED });
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 100 - PIPELINED_PERCENT, arbitrary: requests.map((request) => [request]) },
    { weight: PIPELINED_PERCENT, arbitrary: pipelined },
  );
}

async function askInTurn(run: Run, connection: KeptConnection, batch: OrdinaryRequest[]): Promise<Failed[]> {
  const failures: Failed[] = [];
  let waiting = batch.map((request, index) => (index < batch.length - 1 ? keepingOpen(request) : request));
  while (waiting.length > 0) {
    const sent = waiting.map((request) => ({ method: request.method, bytes: bytesOf(request) }));
    const { judged, unanswered } = accept(run, waiting, await connection.exchange(sent));
    failures.push(...judged);
    waiting = unanswered;
  }
  return failures;
}

/** Who asks for the end of a connection must not send more on it. */
function keepingOpen(request: OrdinaryRequest): OrdinaryRequest {
  return { ...request, headers: request.headers.filter(([name]) => name !== "connection") };
}

interface Accepted {
  readonly judged: readonly Failed[];
  /** Because an answer before it closed the connection. */
  readonly unanswered: OrdinaryRequest[];
}

function accept(run: Run, asked: readonly OrdinaryRequest[], { answers, durationMs, fault }: Exchange): Accepted {
  const { report, oracle, harvest } = run;
  const judged: Failed[] = [];
  for (const [position, answer] of answers.entries()) {
    const request = asked[position];
    if (!request) break;
    const { faults, value } = oracle.judge(request, answer);
    report.answered(answer.status, durationMs);
    judged.push(...faults.map((each) => ({ ...each, text: textOf(request) })));
    const etag = answer.headers.get("etag");
    harvest.take({ ...(value === undefined ? {} : { "": value }), ...(etag === undefined ? {} : { etag }) });
  }
  if (fault === null || (fault === CLOSED && answers.length > 0))
    return { judged, unanswered: asked.slice(answers.length) };
  const isAnswered = answers.length >= asked.length;
  const blamed = asked[isAnswered ? asked.length - 1 : answers.length];
  if (blamed) judged.push({ rule: fault, what: "", text: textOf(blamed) });
  if (!isAnswered) report.unanswered();
  return { judged, unanswered: asked.slice(answers.length + 1) };
}

const textOf = (request: OrdinaryRequest): string => bytesOf(request).toString("utf8");

async function askRaw({ address, oracle, report }: Run, { kind, bytes }: RawRequest): Promise<Failed[]> {
  const { answers, fault } = await exchangeRaw(address, bytes);
  const faults = fault === null ? [] : [{ rule: fault, what: kind }];
  // A tunnel that is not opened may be closed without a word.
  if (answers.length === 0 && kind !== "tunnel") faults.push({ rule: "no answer to raw bytes", what: kind });
  if (answers.length === 0) report.unanswered();
  for (const answer of answers) {
    report.answered(answer.status, null);
    faults.push(...oracle.judgeRaw(answer).faults);
  }
  return faults.map((each) => ({ ...each, text: bytes.toString("latin1") }));
}

async function documentOf(address: Address): Promise<unknown> {
  const connection = new KeptConnection(address);
  const authority = authorityOf(address);
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
