/**
 * What went wrong between us and a Redis, in our closed reasons.
 * The redis check type asks it. Never passes on what the server wrote: servers before 6.0 quote the arguments of an AUTH
 * they do not know, and ioredis keeps the password in the error itself.
 * Invariant: looks at nothing of an error but its name, its code and how its message begins.
 */
import { connectionFailure, deadlineFailure, errorCode, type Failure } from "../domain/net/connection-failure.ts";

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
  ["LOADING", { reason: "starting", message: "Redis: loading its data" }],
  ["BUSY", { reason: "assertion", message: "Redis: busy running a script" }],
  ["MASTERDOWN", { reason: "assertion", message: "Redis: the link with its master is down" }],
];

const OTHER_REPLY: Failure = { reason: "assertion", message: "Redis: answered with an error" };
const CLOSED: Failure = { reason: "reset", message: "Connection closed before the answer was complete" };

/** The peer talks, but not RESP. */
export const NOT_REDIS: Failure = { reason: "protocol", message: "The answer is not Redis" };

/** Loading is over when INFO says so; until then commands may be refused. */
export const LOADING: Failure = { reason: "starting", message: "Redis: loading its data" };

/** True for an error that the server sent as its reply, as opposed to one of the connection. */
export function isErrorReply(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

/**
 * `error` is what a call of ioredis rejected with; `firstEvent` its first 'error' event, or null. Only a reply says something
 * by itself: every other rejection reads "Connection is closed.", and the event before it tells why.
 */
export function redisFailure(error: unknown, firstEvent: Error | null): Failure {
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
