/**
 * Evidence as sentences for somebody who was just woken up. Pure.
 * Asked by functions/endpoints/explain.ts.
 * Invariant: no sentence without evidence: each is made of one piece alone, so without the piece it is gone.
 */
import { isDown } from "../monitoring/check.ts";
import { formatDuration } from "../text/duration-text.ts";
import { formatMinute } from "../text/timestamp.ts";
import type { Evidence, NamedStatus, PieceName, SentMessage } from "./evidence.ts";

export interface Sentence {
  /** The piece that it is made of. */
  readonly evidence: PieceName;
  readonly text: string;
}

/** In the order in which they are to be read. */
export function explain(evidence: Evidence, nowMs: number): Sentence[] {
  return SAYINGS.flatMap((saying) => saying(evidence, nowMs));
}

type Saying = (evidence: Evidence, nowMs: number) => Sentence[];
type Piece<P extends PieceName> = NonNullable<Evidence[P]>;

/** What is said of a piece, when it is there. */
function say<P extends PieceName>(
  name: P,
  tell: (piece: Piece<P>, nowMs: number) => string | readonly string[],
): Saying {
  return (evidence, nowMs) => {
    const piece = evidence[name];
    if (piece === null) return [];
    const told = tell(piece, nowMs);
    return (typeof told === "string" ? [told] : told).map((text) => ({ evidence: name, text }));
  };
}

const SAYINGS: readonly Saying[] = [
  say("check", ({ status, reason, message, checkedAtMs, responseTimeMs }, nowMs) => {
    const ago = `${formatDuration(nowMs - checkedAtMs)} ago`;
    if (status === "healthy") return `The check of ${ago} found it healthy, in ${formatMs(responseTimeMs)}.`;
    if (status === "maintenance") return `It was checked ${ago}; it is in maintenance, so that counts for nothing.`;
    const why = [message, reason && `(${reason})`].filter((part) => part !== null).join(" ");
    return `The check of ${ago} found it ${status}${why === "" ? "" : `: ${why}`}.`;
  }),
  say(
    "unchecked",
    ({ intervalMs }) => `It has not been checked yet; it is looked at every ${formatDuration(intervalMs)}.`,
  ),
  say(
    "stale",
    ({ endedAtMs }) =>
      `That check is too old: nothing is known since ${formatMinute(endedAtMs)}. The monitor did not look, or could not.`,
  ),
  say(
    "since",
    ({ status, atMs }, nowMs) =>
      `It has been ${status} for ${formatDuration(nowMs - atMs)}, since ${formatMinute(atMs)}.`,
  ),
  say("impact", ({ sentence }) => `While it is down: ${sentence}${/[.!?]$/.test(sentence) ? "" : "."}`),
  say(
    "slow",
    ({ responseTimeMs, slowAfterMs }) =>
      `It answered in ${formatMs(responseTimeMs)}; beyond ${formatMs(slowAfterMs)} (slow_after) it is degraded.`,
  ),
  say(
    "deadline",
    ({ timeoutMs, phase }) =>
      `Its deadline of ${formatMs(timeoutMs)} (timeout) ended the check${phase === null ? "" : ` while it waited in the phase ${phase}`}.`,
  ),
  say("failing", ({ failures, needed, forMs, sinceMs, hasFired }, nowMs) => {
    const inRow = `${counted(failures, "check")} in a row failed`;
    if (hasFired) return `${inRow}; its alert fires after ${needed} (failures).`;
    const missing = needed - failures;
    if (missing > 0)
      return `${inRow}; its alert fires after ${needed} (failures), ${counted(missing, "more failure")} from now.`;
    const leftMs = forMs - (nowMs - sinceMs);
    return `${inRow}; its alert fires when that has lasted for ${formatDuration(forMs)} (for), in ${formatDuration(leftMs)}.`;
  }),
  say(
    "recovering",
    ({ successes, needed }) =>
      `${counted(successes, "healthy check")} in a row; its alert ends after ${needed} (successes).`,
  ),
  say(
    "flapping",
    ({ isQuiet }) =>
      `It comes and goes, which counts as flapping${isQuiet ? ": nothing more is told until it settles" : ""}.`,
  ),
  say("needs", (needs) => `It needs ${listNamed(needs)}: most likely it fails because of that.`),
  say(
    "machine",
    (others) =>
      `It shares its machine with ${listNamed(others)}${others.every(({ status }) => isDown(status)) ? ": most likely the machine itself is down" : ""}.`,
  ),
  say(
    "inhibition",
    ({ kind, name, isOver }) =>
      `${INHIBITIONS[kind](name)}${isOver ? "; that is over, and the next failing check counts by itself" : ""}.`,
  ),
  say(
    "maintenance",
    ({ untilMs, author, comment }) =>
      `A maintenance window covers it${untilMs === null ? "" : ` until ${formatMinute(untilMs)}`}, by ${author}: ${comment}.`,
  ),
  say(
    "silence",
    ({ untilMs, author, comment }) =>
      `A silence covers its alerts until ${formatMinute(untilMs)}, by ${author}: ${comment}.`,
  ),
  say(
    "acknowledgement",
    ({ by, untilMs }) => `${by} looks after it; nobody else is asked before ${formatMinute(untilMs)}.`,
  ),
  say("decision", ({ decision, sentence }) => `About telling people (${decision}): ${sentence}`),
  say("certificate", ({ message, decision, sentence }) => [
    `${message}, which has an alert of its own.`,
    `About telling people of the certificate (${decision}): ${sentence}`,
  ]),
  say("messages", (messages, nowMs) => messages.map((message) => sayMessage(message, nowMs))),
  say(
    "nextStep",
    ({ dueMs, channels }, nowMs) =>
      `Next ${channels.join(", ")} ${channels.length === 1 ? "is" : "are"} told, ${dueMs <= nowMs ? "now" : `in ${formatDuration(dueMs - nowMs)}`}, if it still fails.`,
  ),
  say("dependents", (dependents) => {
    const down = dependents.filter(({ status }) => isDown(status));
    const needIt = `${listNames(dependents)} ${dependents.length === 1 ? "needs" : "need"} it`;
    return down.length === 0 ? `${needIt}.` : `${needIt}; down with it: ${listNames(down)}.`;
  }),
  say("cluster", ({ overall, otherwise }) =>
    overall === otherwise
      ? `The cluster is ${overall}, with this service or without it.`
      : `Because of it the cluster is ${overall}; otherwise it would be ${otherwise}.`,
  ),
  say("past", ({ outages, downMs, medianMs }) => {
    if (outages === 1) return `In the last seven days it was down once, for ${formatDuration(downMs)}.`;
    const half =
      medianMs === null ? "" : `; half of those whose end was seen lasted ${formatDuration(medianMs)} or less`;
    return `In the last seven days it was down ${outages} times, ${formatDuration(downMs)} in all${half}.`;
  }),
  say("nextCheck", ({ atMs }, nowMs) => `It is looked at again in ${formatDuration(atMs - nowMs)}.`),
];

const INHIBITIONS: Readonly<Record<NonNullable<Evidence["inhibition"]>["kind"], (name: string) => string>> = {
  maintenance: () => "Its failures are nobody's problem because of maintenance",
  isolated: () => "The monitor itself is cut off from the network: the alert about that stands for this one",
  affected: (name) => `${name} fails, and this service needs it: the alert about that stands for this one`,
  joined: (name) => `The alert about ${name}, which is on the same machine, stands for this one`,
};

function sayMessage({ channel, state, atMs, failure }: SentMessage, nowMs: number): string {
  const message = `the message of ${formatMinute(atMs)}`;
  if (state === "sent") return `${channel} took ${message}.`;
  const why = failure === null ? "" : ` (${failure})`;
  if (state === "failed") return `${channel} did not take ${message}${why}.`;
  return `The message for ${channel} has waited for ${formatDuration(nowMs - atMs)}${why}.`;
}

const MOST_NAMED = 5;

/** `Redis Cache (error) and Tools (timeout)`; of many the first. */
function listNamed(services: readonly NamedStatus[]): string {
  return listWords(services.map(({ name, status }) => `${name} (${status})`));
}

function listNames(services: readonly NamedStatus[]): string {
  return listWords(services.map(({ name }) => name));
}

function listWords(words: readonly string[]): string {
  const shown =
    words.length > MOST_NAMED ? [...words.slice(0, MOST_NAMED - 1), `${words.length - MOST_NAMED + 1} more`] : words;
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function formatMs(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}
