/**
 * Check type `haproxy`: its statistics as CSV say which backends are served; a URL that it answers itself may be asked beside them.
 * Alone that URL would not do: a `monitor-uri` says 200 while every server is down. Judged in haproxy-state.ts.
 * Invariants: two requests at most, at the same time; what is left for the next check has no secret in it.
 */
import * as z from "zod/mini";
import {
  packTable,
  packTaken,
  unpackTable,
  unpackTaken,
  type KeptBackend,
} from "../domain/monitoring/balancer-table.ts";
import type { Json } from "../domain/monitoring/check.ts";
import type { Finding, Probe } from "../ports/prober.ts";
import { defineCheckType } from "./check-type.ts";
import { fitData, listNames } from "./fit-data.ts";
import { readStatistics, type Statistics } from "./haproxy-csv.ts";
import {
  COLUMNS,
  findUntold,
  hasServers,
  judgeBackends,
  readBackends,
  serves,
  stateOf,
  type BackendState,
} from "./haproxy-state.ts";
import { makeTable } from "./haproxy-table.ts";
import { judgeErrors, judgeQueues } from "./haproxy-trend.ts";
import { admitPlace, PLACE_KEYS } from "./http-place.ts";
import { observe, type ProbeFailure } from "./observe.ts";
import { measureReply } from "./replies.ts";
import { pageApi, type OpenApi, type Reply } from "./server-api.ts";
import { statusFailure, unexpectedStatus } from "./status-failure.ts";

const MOST_WANTED = 100;

export const haproxy = defineCheckType({
  keys: {
    ...PLACE_KEYS,
    url: z.string().check(z.describe("URL of the statistics as CSV: that of the page, with ;csv at its end.")),
    health_url: z
      .optional(z.string())
      .check(z.describe("URL that must answer 2xx as well, such as a monitor-uri; asked without headers.")),
    backends: z
      .optional(z.array(z.string().check(z.minLength(1))).check(z.minLength(1), z.maxLength(MOST_WANTED)))
      .check(z.describe("Names of the backends that count. Default: all that have servers.")),
    max_error_percent: z
      ._default(z.number().check(z.gt(0), z.lte(100)), 50)
      .check(
        z.describe(
          "A backend is degraded when so many percent of its answers or more are 5xx, of 20 or more within 5 minutes.",
        ),
      ),
  },
  secretKeys: [],
  tuningKeys: ["backends", "max_error_percent"],
  configure(settings, report, abilities) {
    const place = admitPlace(settings, report, abilities);
    const { health_url: healthUrl, backends: wanted = null, max_error_percent: maxErrorPercent } = settings;
    // Whatever else is wrong with the place is so with the first one.
    const reportUrl = (key: string, expected: string): void =>
      key === "url" ? report("health_url", expected) : undefined;
    const health =
      healthUrl === undefined ? null : admitPlace({ ...settings, url: healthUrl, headers: {} }, reportUrl, abilities);
    if (!place || (healthUrl !== undefined && !health)) return null;
    return probeOf({ openPage: pageApi(place), openHealth: health && pageApi(health), wanted, maxErrorPercent });
  },
});

interface Plan {
  readonly openPage: OpenApi;
  readonly openHealth: OpenApi | null;
  /** Null: all. */
  readonly wanted: readonly string[] | null;
  readonly maxErrorPercent: number;
}

function probeOf({ openPage, openHealth, wanted, maxErrorPercent }: Plan): Probe {
  return async (context) => {
    const asked = openPage(context).ask({ path: "" });
    const health = openHealth && (await openHealth(context).ask({ path: "" }));
    const page = await asked;
    const statistics = readPage(page);
    if ("reason" in statistics) return found(statistics, page);
    const { rows, columns, isIncomplete } = statistics;
    const backends = readBackends(rows);
    const counts = (backend: BackendState): boolean => wanted?.includes(backend.name) ?? hasServers(backend);
    const counted = backends.filter(counts);
    const untold = findUntold({ columns, counted, wanted, isIncomplete });
    if (untold) return found(untold, page);
    const nowMs = context.clock.nowMs();
    const before = unpackTable(await context.baseline());
    const table = makeTable(backends, { before, beforeMs: unpackTaken(context.memory), nowMs, redact: context.redact });
    const kept = table.backends.filter((_, index) => backends.slice(index, index + 1).some(counts));
    const [unserved, down] = judgeBackends(counted, isIncomplete ? null : wanted);
    const errors = judgeErrors(kept, maxErrorPercent, nowMs);
    const failure = unserved ?? judgeHealth(health) ?? both(errors, down) ?? judgeQueues(kept, nowMs);
    return {
      ...found(failure, page, describe({ counted, kept, health, isIncomplete })),
      memory: packTaken(nowMs),
      baseline: packTable(table),
    };
  };
}

/** A server that is down may be why the others fail: it is told as well. */
function both(failure: ProbeFailure | null, more: ProbeFailure | null): ProbeFailure | null {
  if (!failure || !more) return failure ?? more;
  return { reason: failure.reason, message: [failure.message, "; ", more.message].flat() };
}

/** The response time is that of the statistics. */
function found(failure: ProbeFailure | null, page: Reply, data?: Json): Finding {
  const measured = measureReply(page);
  const body = data === undefined ? {} : { body: { json: data } };
  return observe(failure, { ...measured, details: { ...measured.details, ...body } });
}

const NO_CSV: ProbeFailure = { reason: "config", message: "A page instead of CSV: add ;csv to the URL" };
const NO_STATISTICS: ProbeFailure = { reason: "protocol", message: "The answer is not the statistics of HAProxy" };

function readPage(page: Reply): Statistics | ProbeFailure {
  if (page.kind === "failure") return page;
  const { statusCode, text, isCutOff, headers } = page;
  if (statusCode !== 200) return refusal(statusCode);
  const statistics = readStatistics(text, { isCutOff, columns: COLUMNS });
  if (statistics) return statistics;
  return /html/i.test(headers["content-type"] ?? "") ? NO_CSV : NO_STATISTICS;
}

/** A frontend for statistics alone answers 503 to every other path, as there is no backend. */
const NOTHING_THERE: ReadonlySet<number> = new Set([404, 503]);

function refusal(statusCode: number): ProbeFailure {
  const failure = unexpectedStatus(statusCode);
  if (!NOTHING_THERE.has(statusCode)) return failure;
  return { reason: "config", message: `${failure.message}: no statistics at this URL` };
}

function judgeHealth(health: Reply | null): ProbeFailure | null {
  if (!health) return null;
  const failure = health.kind === "failure" ? health : statusFailure(health.statusCode);
  return failure && { reason: failure.reason, message: `${failure.message} (health_url)` };
}

interface Described {
  readonly counted: readonly BackendState[];
  /** The same, as far as there was room. */
  readonly kept: readonly KeptBackend[];
  readonly health: Reply | null;
  readonly isIncomplete: boolean;
}

/** The sums of those that count, then each, as far as there is room; GET /haproxy has all. */
function describe({ counted, kept, health, isIncomplete }: Described): Json {
  const servers = counted.flatMap((backend) => backend.servers.map((server) => ({ ...server, backend: backend.name })));
  const inState = (...states: ReturnType<typeof stateOf>[]) => servers.filter((each) => states.includes(stateOf(each)));
  const down = counted.filter((backend) => hasServers(backend) && !serves(backend));
  const serversDown = inState("down").map(({ backend, name }) => `${backend}/${name}`);
  const sum = (figure: (backend: BackendState) => number): number =>
    counted.reduce((total, backend) => total + figure(backend), 0);
  return fitData({
    backends_total: counted.length,
    backends_down: down.length,
    servers_total: servers.length - inState("maintenance").length,
    servers_up: inState("serving").length,
    servers_maintenance: inState("maintenance").length,
    servers_draining: inState("out").length,
    current_sessions: sum(({ currentSessions }) => currentSessions),
    queue_length: sum(({ queued }) => queued),
    health_status_code: health?.kind === "answered" ? health.statusCode : undefined,
    incomplete: isIncomplete || undefined,
    unserved: down.length > 0 ? listNames(down.map(({ name }) => name)) : undefined,
    down: serversDown.length > 0 ? listNames(serversDown) : undefined,
    backends: Object.fromEntries(kept.map(describeBackend)),
  });
}

function describeBackend(backend: KeptBackend): [name: string, Json] {
  const { name, status, serversUp, serversTotal, currentSessions, queued, responseMs, errorPercent } = backend;
  return [
    name,
    {
      status,
      servers: `${serversUp}/${serversTotal}`,
      sessions: currentSessions,
      queue: queued,
      response_ms: responseMs,
      error_percent: errorPercent,
    },
  ];
}
