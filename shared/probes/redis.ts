/**
 * Check type `redis`: connects, authenticates, PINGs and reads INFO, on a connection of its own; what INFO means is in redis-state.ts.
 * A lasting connection would spare the server the authentication, but it would not notice that nobody new can connect.
 * Invariant: of an error nothing is looked at but its name, its code and how its message begins, and nothing leaves this file:
 * ioredis keeps the password in its `command.args`, and servers before 6.0 quote the arguments of an AUTH they do not know.
 */
import type { TLSSocket } from "node:tls";
import { Redis, type RedisOptions } from "ioredis";
import * as z from "zod/mini";
import type { Json } from "../domain/monitoring/check.ts";
import { connectionFailure, deadlineFailure, errorCode, type Failure } from "../domain/net/connection-failure.ts";
import { admitTarget, parseHostAndPort, PROBED_SOCKET, type Target } from "../domain/net/target.ts";
import { redactJson } from "../domain/text/redact.ts";
import type { FoundDetails, ProbeContext } from "../ports/prober.ts";
import { defineCheckType } from "./check-type.ts";
import {
  describeInfo,
  isLoading,
  judgeInfo,
  numberIn,
  packCounters,
  parseInfo,
  REFUSES_WRITES,
  type Info,
} from "./redis-state.ts";
import { ReplyGate } from "./reply-gate.ts";
import { socketProbe, type Answer, type Conversation, type Place } from "./socket-probe.ts";

interface RedisSettings {
  readonly target: Target;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly db: number;
  readonly tls: boolean;
  /** Whether to look at the server's certificate. */
  readonly showsCertificate: boolean;
}

export const redis = defineCheckType({
  keys: {
    host: z.string().check(z.describe("Host and port of the server, such as 192.168.1.81:6379.")),
    username: z
      .optional(z.string().check(z.minLength(1)))
      .check(z.describe("ACL user. Default: the server's default user.")),
    password: z.optional(z.string().check(z.minLength(1))).check(z.describe("A reference such as ${REDIS_PASSWORD}.")),
    db: z._default(z.int().check(z.gte(0), z.lte(65_535)), 0).check(z.describe("Number of the database to select.")),
    tls: z._default(z.boolean(), false).check(z.describe("Whether to connect with TLS.")),
  },
  secretKeys: ["password"],
  configure({ host, username, password, db, tls }, report, abilities) {
    const target = admitTarget(parseHostAndPort(host), PROBED_SOCKET, { key: "host", report, abilities });
    if (username !== undefined && password === undefined) report("password", "a password, because there is a username");
    if (!target || (username !== undefined && password === undefined)) return null;
    const showsCertificate = tls && abilities.showsCertificates;
    const settings: RedisSettings = { target, username, password, db, tls, showsCertificate };
    return socketProbe(target, (place, left) => begin(settings, place, left));
  },
});

/** What the probe before has left, and how to leave something. */
type Left = Pick<ProbeContext, "memory" | "redact">;

function begin(settings: RedisSettings, place: Place, left: Left): Conversation {
  const client = new Redis(clientOptions(settings, place));
  return {
    outcome: converse(client, settings, { ...place, ...left }),
    isConnected: () => client.status !== "connecting",
    close: () => client.disconnect(),
  };
}

/**
 * One connection, one try, no queue. `protocol: 2` and the commands below instead of ioredis' own handshake: with it every
 * refusal reads "Connection is closed.", and a superfluous password is reported to the console at every probe.
 */
function clientOptions({ target, tls }: RedisSettings, { host, port, timeoutMs }: Place) {
  return {
    host,
    port,
    ...(tls && { tls: { servername: target.isAddress ? "" : target.host } }),
    protocol: 2,
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    // A frozen server never closes its side; ioredis would wait 2 s for that.
    disconnectTimeout: 100,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
  } satisfies RedisOptions;
}

/** Never rejects. The response time is that to PONG. */
async function converse(
  client: Redis,
  settings: RedisSettings,
  { elapsedMs, ...left }: Place & Left,
): Promise<Answer | Failure> {
  const events: Error[] = [];
  client.on("error", (event: Error) => events.push(event));
  const gate = new ReplyGate();
  client.on("connect", () => guard(client, gate));
  const ask = <Reply>(command: () => Promise<Reply>): Promise<Reply> => {
    gate.expect();
    return command();
  };
  try {
    await client.connect();
    await logIn(client, settings, ask);
    const pong = await readPong(() => ask(() => client.ping()));
    if (pong === "neither") return NOT_REDIS;
    const responseTimeMs = elapsedMs();
    const certificate = settings.showsCertificate ? readCertificate(client) : {};
    const info = await readInfo(() => ask(() => client.info()));
    if (info && isLoading(info)) return LOADING;
    return { responseTimeMs, ...describe(info, { ...left, refusesWrites: pong === "refused" }, certificate) };
  } catch (error) {
    return redisFailure(error, events[0] ?? null);
  }
}

/** What the gate refuses ends the connection before ioredis sees it. Its own socket cannot be had: it reads what a socket pushes. */
function guard({ stream }: Redis, gate: ReplyGate): void {
  const push = stream.push.bind(stream);
  stream.push = (chunk: Uint8Array | null, encoding) => {
    if (chunk === null || gate.admits(chunk)) return push(chunk, encoding);
    stream.destroy(new Error("unasked"));
    return false;
  };
}

function readCertificate({ stream }: Redis): FoundDetails {
  // With `tls` it is one.
  const { valid_to: end } = (stream as TLSSocket).getPeerCertificate();
  const certificateExpiresAtMs = Date.parse(end);
  return Number.isNaN(certificateExpiresAtMs) ? {} : { certificateExpiresAtMs };
}

type Ask = <Reply>(command: () => Promise<Reply>) => Promise<Reply>;

async function logIn(client: Redis, { username, password, db }: RedisSettings, ask: Ask): Promise<void> {
  if (password !== undefined) {
    await ask(() => (username === undefined ? client.auth(password) : client.auth(username, password)));
  }
  if (db > 0) await ask(() => client.select(db));
}

/** `refused`: by one that is alive, but takes no write as it cannot save; PING is refused like one. */
async function readPong(askPing: () => Promise<unknown>): Promise<"pong" | "refused" | "neither"> {
  try {
    return (await askPing()) === "PONG" ? "pong" : "neither";
  } catch (error) {
    if (isErrorReply(error) && error.message.startsWith("MISCONF")) return "refused";
    throw error;
  }
}

/** Null when the server answers but does not let us have it: PING has already proved it healthy. */
async function readInfo(askInfo: () => Promise<unknown>): Promise<Info | null> {
  try {
    const info = await askInfo();
    return typeof info === "string" ? parseInfo(info) : null;
  } catch (error) {
    if (isErrorReply(error)) return null;
    throw error;
  }
}

function describe(
  info: Info | null,
  { memory, redact, refusesWrites }: Left & { readonly refusesWrites: boolean },
  certificate: FoundDetails,
): Omit<Answer, "responseTimeMs"> {
  if (info === null) {
    const failure = refusesWrites ? REFUSES_WRITES : null;
    return { failure, details: { fields: { note: "INFO is not available" }, ...certificate } };
  }
  const details = { fields: infoFields(info), body: { json: describeInfo(info, memory) }, ...certificate };
  // A number may be a password as well.
  return {
    details,
    failure: judgeInfo(info, { refusesWrites, before: memory }),
    memory: redactJson(packCounters(info, memory), redact),
  };
}

/** The fields that the seed shows flat in `health`, of its types; those that INFO does not have are absent. */
function infoFields(info: Info): { readonly [key: string]: Json } {
  const fields: Record<string, Json> = {};
  for (const key of ["connected_clients", "used_memory_human", "uptime_in_seconds"]) {
    const text = info.get(key);
    const number = numberIn(info, key);
    if (key === "used_memory_human" && text !== undefined) fields[key] = text;
    else if (number !== null) fields[key] = number;
  }
  return fields;
}

/** The peer talks, but not RESP. */
const NOT_REDIS: Failure = { reason: "protocol", message: "The answer is not Redis" };

/** Loading is over when INFO says so; until then commands may be refused. */
const LOADING: Failure = { reason: "starting", message: "Redis: loading its data" };

/** How error replies begin, and what they mean. The first match counts. */
const REPLIES: readonly (readonly [start: string, failure: Failure])[] = [
  ["NOAUTH", { reason: "auth", message: "Redis: a password is required" }],
  ["WRONGPASS", { reason: "auth", message: "Redis: wrong user name or password" }],
  ["ERR invalid password", { reason: "auth", message: "Redis: wrong user name or password" }],
  ["NOPERM", { reason: "auth", message: "Redis: the user may not do this" }],
  ["ERR AUTH <password> called without", { reason: "config", message: "Redis: it has no password" }],
  ["ERR Client sent AUTH, but no password", { reason: "config", message: "Redis: it has no password" }],
  ["ERR wrong number of arguments for 'auth'", { reason: "config", message: "Redis: this version has no user names" }],
  ["ERR DB index", { reason: "config", message: "Redis: no such database" }],
  ["ERR invalid DB index", { reason: "config", message: "Redis: no such database" }],
  ["ERR max number of clients", { reason: "refused", message: "Redis: max number of clients reached" }],
  ["LOADING", LOADING],
  ["BUSY", { reason: "assertion", message: "Redis: busy running a script" }],
  ["MASTERDOWN", { reason: "assertion", message: "Redis: the link with its master is down" }],
];

const OTHER_REPLY: Failure = { reason: "assertion", message: "Redis: answered with an error" };
const CLOSED: Failure = { reason: "reset", message: "Connection closed before the answer was complete" };

/** True for an error that the server sent as its reply, as opposed to one of the connection. */
function isErrorReply(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

/**
 * `error` is what a call of ioredis rejected with; `firstEvent` its first 'error' event, or null. Only a reply says something
 * by itself: every other rejection reads "Connection is closed.", and the event before it tells why.
 */
function redisFailure(error: unknown, firstEvent: Error | null): Failure {
  if (isErrorReply(error)) return replyFailure(error.message);
  if (firstEvent === null) return isCommandTimeout(error) ? deadlineFailure(true) : CLOSED;
  // Events without a code come from the parser of replies.
  return connectionFailure(errorCode(firstEvent)) ?? NOT_REDIS;
}

function replyFailure(reply: string): Failure {
  return REPLIES.find(([start]) => reply.startsWith(start))?.[1] ?? OTHER_REPLY;
}

function isCommandTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === "Command timed out";
}
