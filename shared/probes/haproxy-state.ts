/**
 * What the rows of HAProxy's statistics say of its backends and their servers, and whether that is well. Pure. Used by haproxy.ts.
 * Status words: `UP`, `UP 1/3` (failing, still served), `DOWN 1/2` (recovering, not served yet), `no check` (always served), `MAINT …`, `DRAIN`,
 * `NOLB`. Invariant: what an operator has taken out (maintenance, draining) is no failure, unless nobody is left who serves.
 */
import type { KeptBackend } from "../domain/monitoring/balancer-table.ts";
import type { Quote } from "../domain/text/sentence.ts";
import type { Row } from "./haproxy-csv.ts";
import type { ProbeFailure } from "./observe.ts";

export interface ServerState {
  readonly name: string;
  /** As HAProxy says it. */
  readonly status: string;
  readonly isBackup: boolean;
  /** What the last check of HAProxy came to, such as `L4CON`; empty: there was none. */
  readonly checkStatus: string;
}

type Figure = "totalSessions" | "currentSessions" | "mostSessions" | "queued" | "responseMs" | "responses" | "errors";

/** What is kept of it is made of this and of the check before. */
export interface BackendState extends Pick<KeptBackend, "name" | "status" | Figure> {
  /** Since when it has been up or down, in whole seconds; null: it does not tell. */
  readonly changedAgoS: number | null;
  readonly servers: readonly ServerState[];
}

/** The average is that of the last 1,024 requests, however long ago they were. */
const IDLE_S = 300;

/** All that is looked at. */
export const COLUMNS = [
  "pxname svname type status bck stot scur smax qcur lastchg lastsess rtime check_status",
  "hrsp_1xx hrsp_2xx hrsp_3xx hrsp_4xx hrsp_5xx hrsp_other",
].flatMap((names) => names.split(" "));

/** Without which nobody can tell who serves. */
const JUDGED = ["pxname", "svname", "type", "status"];

const ANSWER_CLASSES = COLUMNS.filter((name) => name.startsWith("hrsp_"));

/** In the order of the table. */
export function readBackends(rows: readonly Row[]): BackendState[] {
  const servers = Map.groupBy(
    rows.filter((row) => row("type") === "2"),
    (row) => row("pxname"),
  );
  return rows
    .filter((row) => row("type") === "1")
    .map((row) => {
      const own = servers.get(row("pxname")) ?? [];
      const backend = readBackend(row);
      // Who waits for a certain server does not wait in the backend's own queue.
      const queued = own.reduce((sum, server) => sum + (numberIn(server, "qcur") ?? 0), backend.queued);
      return { ...backend, queued, servers: own.map(readServer) };
    });
}

function readBackend(row: Row): Omit<BackendState, "servers"> {
  // Of another mode it does not tell them.
  const isHttp = row("hrsp_5xx") !== "";
  const idleS = numberIn(row, "lastsess");
  const isIdle = idleS === null || idleS < 0 || idleS > IDLE_S;
  return {
    name: row("pxname"),
    status: row("status"),
    totalSessions: numberIn(row, "stot") ?? 0,
    currentSessions: numberIn(row, "scur") ?? 0,
    mostSessions: numberIn(row, "smax") ?? 0,
    queued: numberIn(row, "qcur") ?? 0,
    responseMs: isIdle || !isHttp ? null : numberIn(row, "rtime"),
    responses: isHttp ? ANSWER_CLASSES.reduce((sum, column) => sum + (numberIn(row, column) ?? 0), 0) : null,
    errors: isHttp ? numberIn(row, "hrsp_5xx") : null,
    changedAgoS: numberIn(row, "lastchg"),
  };
}

function readServer(row: Row): ServerState {
  // "* " stands before it while a check is running.
  const checkStatus = row("check_status").replace(/^\* /, "");
  return { name: row("svname"), status: row("status"), isBackup: row("bck") === "1", checkStatus };
}

const WHOLE_NUMBER = /^-?\d{1,15}$/;

/** Null for an empty cell: it does not apply. */
function numberIn(row: Row, column: string): number | null {
  const text = row(column);
  return WHOLE_NUMBER.test(text) ? Number(text) : null;
}

/** `out`: an operator, or the server itself, has taken it out. */
export function stateOf({ status }: Pick<ServerState, "status">): "serving" | "down" | "maintenance" | "out" {
  if (status.startsWith("UP") || status === "no check") return "serving";
  if (status.startsWith("MAINT")) return "maintenance";
  return status.startsWith("DOWN") ? "down" : "out";
}

/**
 * What only refuses or redirects has no servers, and nothing to be judged; HAProxy says that it is up. One that is down has servers, which the
 * page leaves out (`;up`).
 */
export function hasServers(backend: BackendState): boolean {
  return backend.servers.length > 0 || backend.status.startsWith("DOWN");
}

export function serves({ status }: BackendState): boolean {
  return status.startsWith("UP");
}

interface Shown {
  readonly columns: ReadonlySet<string>;
  /** Those that count, as far as they are shown. */
  readonly counted: readonly BackendState[];
  readonly wanted: readonly string[] | null;
  readonly isIncomplete: boolean;
}

/** Why the statistics say neither that all is well nor that it is not; null: they do. */
export function findUntold({ columns, counted, wanted, isIncomplete }: Shown): ProbeFailure | null {
  const missing = JUDGED.find((column) => !columns.has(column));
  if (missing !== undefined) return { reason: "protocol", message: `The statistics have no column ${missing}` };
  if (counted.length > 0) return null;
  if (isIncomplete) return NOTHING_READ;
  return wanted ? null : NOTHING_SHOWN;
}

const NOTHING_READ: ProbeFailure = {
  reason: "too_large",
  message: "None of the backends that count is in what was read of the statistics",
};
const NOTHING_SHOWN: ProbeFailure = {
  reason: "config",
  message: "The statistics show no backend with servers (`stats scope` may hide them)",
};

/** What is wrong with these: nobody serves, and what is less. `wanted`: who must be among them; null: nobody. */
export function judgeBackends(
  backends: readonly BackendState[],
  wanted: readonly string[] | null,
): readonly [unserved: ProbeFailure | null, less: ProbeFailure | null] {
  const missing = wanted?.find((name) => !backends.some((backend) => backend.name === name));
  if (missing === undefined) return [findUnserved(backends), findDown(backends)];
  return [{ reason: "config", message: ["HAProxy has no backend called ", quoteName(missing)] }, null];
}

function findUnserved(backends: readonly BackendState[]): ProbeFailure | null {
  const [first, ...others] = backends.filter((backend) => hasServers(backend) && !serves(backend));
  if (!first) return null;
  const servers = first.servers.map((server): Part[] => [quoteName(server.name), " ", ...describe(server)]);
  const who = servers.length === 0 ? [quoteName(first.status)] : listParts(servers);
  const more = others.length === 0 ? [] : ["; nor that of ", ...listParts(others.map(({ name }) => [quoteName(name)]))];
  const message = ["No server serves in the backend ", quoteName(first.name), ": ", ...who, ...more];
  return { reason: "assertion", message };
}

function findDown(backends: readonly BackendState[]): ProbeFailure | null {
  const affected = backends.filter(({ servers }) => servers.some((server) => stateOf(server) === "down"));
  if (affected.length === 0) return null;
  const down = affected.flatMap(({ name, servers }) =>
    servers
      .filter((server) => stateOf(server) === "down")
      .map((server): Part[] => [quoteName(name), "/", quoteName(server.name), " ", ...describe(server)]),
  );
  const [onBackup] = affected.filter(servesByBackups);
  const backup = onBackup ? ["Only backup servers serve in the backend ", quoteName(onBackup.name), ": "] : [];
  return { reason: "partly_down", message: [...backup, ...listParts(down)] };
}

function servesByBackups({ servers }: BackendState): boolean {
  return !servers.some((server) => !server.isBackup && stateOf(server) === "serving");
}

export type Part = string | Quote;

const MOST_LISTED = 4;

/** `DOWN (L4CON)` */
function describe({ status, checkStatus }: ServerState): Part[] {
  const why: Part[] = checkStatus === "" ? [] : [" (", { text: checkStatus, atMost: 12 }, ")"];
  return [{ text: status, atMost: 24 }, ...(stateOf({ status }) === "down" ? why : [])];
}

export function quoteName(text: string): Quote {
  return { text, atMost: 40 };
}

export function listParts(items: readonly Part[][]): Part[] {
  const shown = items.slice(0, MOST_LISTED).flatMap((item, index) => (index === 0 ? item : [", ", ...item]));
  return items.length > MOST_LISTED ? [...shown, ` and ${items.length - MOST_LISTED} more`] : shown;
}
