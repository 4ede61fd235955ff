/**
 * Evidence as sentences for somebody who was just woken up. Pure.
 * Asked by functions/endpoints/explain.ts. What a sentence says of the time since or until an instant is told beside it, so that a page
 * that stays open can let it count on.
 * Invariant: no sentence without evidence: each is made of one piece alone, so without the piece it is gone.
 */
import { sayBalancer } from "../alerting/faulty-balancer.ts";
import { isDown } from "../monitoring/check.ts";
import { formatDuration } from "../text/duration-text.ts";
import { runningText } from "../text/running-text.ts";
import { formatMinute } from "../text/timestamp.ts";
import type { Evidence, NamedStatus, PieceName, SentMessage } from "./evidence.ts";

export interface Sentence {
  /** The piece that it is made of. */
  readonly evidence: PieceName;
  readonly text: string;
  /** In the order in which they stand in it. */
  readonly running: readonly Running[];
}

/** An instant of which a sentence says for how long, how long ago or in how long. */
interface Counted {
  readonly kind: "for" | "ago" | "in";
  readonly atMs: number;
}

export interface Running extends Counted {
  /** As it stands in the sentence. */
  readonly text: string;
}

/** In the order in which they are to be read. */
export function explain(evidence: Evidence, nowMs: number): Sentence[] {
  return SAYINGS.flatMap((saying) => saying(evidence, nowMs));
}

type Saying = (evidence: Evidence, nowMs: number) => Sentence[];
type Piece<P extends PieceName> = NonNullable<Evidence[P]>;

type Worded = Omit<Sentence, "evidence">;
/** Of a sentence in which nothing counts on the text alone. */
type Said = string | Worded;
/** Writes a template in which something does. */
type Write = (texts: TemplateStringsArray, ...parts: readonly (string | Counted)[]) => Worded;

const lasting = (atMs: number): Counted => ({ kind: "for", atMs });
const ago = (atMs: number): Counted => ({ kind: "ago", atMs });
const coming = (atMs: number): Counted => ({ kind: "in", atMs });

/** What is said of a piece, when it is there. */
function say<P extends PieceName>(name: P, tell: (piece: Piece<P>, write: Write) => Said | readonly Said[]): Saying {
  return (evidence, nowMs) => {
    const piece = evidence[name];
    if (piece === null) return [];
    const told = [tell(piece, writeAt(nowMs))].flat() as readonly Said[];
    return told.map((each) => ({ evidence: name, ...(typeof each === "string" ? { text: each, running: [] } : each) }));
  };
}

function writeAt(nowMs: number): Write {
  return (texts, ...parts) => {
    const written = parts.map((part) =>
      typeof part === "string" ? part : { ...part, text: runningText(part.kind, part.atMs, nowMs) },
    );
    return {
      text: String.raw({ raw: texts }, ...written.map((part) => (typeof part === "string" ? part : part.text))),
      running: written.filter((part) => typeof part !== "string"),
    };
  };
}

const SAYINGS: readonly Saying[] = [
  say("check", ({ status, reason, message, checkedAtMs, responseTimeMs }, write) => {
    const checked = ago(checkedAtMs);
    if (status === "healthy") return write`The check of ${checked} found it healthy, in ${formatMs(responseTimeMs)}.`;
    if (status === "maintenance")
      return write`It was checked ${checked}; it is in maintenance, so that counts for nothing.`;
    const why = [message, reason && `(${reason})`].filter((part) => part !== null).join(" ");
    return write`The check of ${checked} found it ${status}${why === "" ? "" : `: ${why}`}.`;
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
    ({ status, atMs }, write) => write`It has been ${status} ${lasting(atMs)}, since ${formatMinute(atMs)}.`,
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
  say("failing", ({ failures, needed, forMs, sinceMs, hasFired }, write) => {
    const inRow = `${counted(failures, "check")} in a row failed`;
    if (hasFired) return `${inRow}; its alert fires after ${needed} (failures).`;
    const missing = needed - failures;
    if (missing > 0)
      return `${inRow}; its alert fires after ${needed} (failures), ${counted(missing, "more failure")} from now.`;
    return write`${inRow}; its alert fires when that has lasted for ${formatDuration(forMs)} (for), ${coming(sinceMs + forMs)}.`;
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
  say("balancer", (balancer) => `${sayBalancer(balancer)}.`),
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
  say("messages", (messages, write) => messages.map((message) => sayMessage(message, write))),
  say(
    "nextStep",
    ({ dueMs, channels }, write) =>
      write`Next ${channels.join(", ")} ${channels.length === 1 ? "is" : "are"} told, ${coming(dueMs)}, if it still fails.`,
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
  say("nextCheck", ({ atMs }, write) => write`It is looked at again ${coming(atMs)}.`),
];

const INHIBITIONS: Readonly<Record<NonNullable<Evidence["inhibition"]>["kind"], (name: string) => string>> = {
  maintenance: () => "Its failures are nobody's problem because of maintenance",
  isolated: () => "The monitor itself is cut off from the network: the alert about that stands for this one",
  affected: (name) => `${name} fails, and this service needs it: the alert about that stands for this one`,
  starting: (name) => `${name} is still starting, and this service needs it: nobody is told before that is over`,
  joined: (name) => `The alert about ${name}, which is on the same machine, stands for this one`,
};

function sayMessage({ channel, state, atMs, failure }: SentMessage, write: Write): Said {
  const message = `the message of ${formatMinute(atMs)}`;
  if (state === "sent") return `${channel} took ${message}.`;
  const why = failure === null ? "" : ` (${failure})`;
  if (state === "failed") return `${channel} did not take ${message}${why}.`;
  return write`The message for ${channel} has waited ${lasting(atMs)}${why}.`;
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
