/**
 * A line of the log as a person reads it on a terminal: local time, a sign and a word, one fact. What is piped is JSON instead.
 * Called by console-log.ts with fields that are redacted already. Pure, apart from the time zone.
 * Invariants: never colour alone; no text that comes from elsewhere can move the cursor, change a colour, turn the writing around,
 * begin a line or, unless it is an error, be wider than the terminal.
 */
import { DECISIONS } from "../domain/alerting/alert.ts";
import type { Json } from "../domain/monitoring/check.ts";
import { cleanText, truncateText } from "../domain/text/clean-text.ts";
import { formatDuration } from "../domain/text/duration-text.ts";
import type { LogLevel } from "../ports/log.ts";

export interface TerminalLook {
  /** Its width now; null when it does not say. */
  columns(): number | null;
  readonly hasColour: boolean;
}

export interface Line {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: { readonly [name: string]: Json };
}

/** What happened, in a sign, a word and a sentence. */
interface Fact {
  readonly sign: string;
  readonly label: string;
  readonly text: string;
}

const COLOURS: Readonly<Record<string, number>> = { "‼": 31, "■": 31, "▲": 33, "●": 32, "✓": 32 };
const SIGNS: Readonly<Record<LogLevel, string>> = { debug: " ", info: " ", warn: "▲", error: "■" };
const STATUS_SIGNS: Readonly<Record<string, string>> = { healthy: "●", degraded: "▲", unknown: "◌" };
const STATUS_LABELS: Readonly<Record<string, string>> = { healthy: "up", degraded: "degraded", unknown: "unknown" };
const UNTOLD = 'nobody is told: no channel is configured (README, "Tell people")';
const LABEL_WIDTH = 9;
/** Of the time, the sign and the label, with what separates them. */
const MARGIN = 10 + 2 + LABEL_WIDTH;

export function lineForTerminal(line: Line, { columns, hasColour }: TerminalLook): string {
  const { sign, label, text } = factOf(line);
  const width = columns();
  const isOurs = Object.keys(line.fields).length === 0; // a sentence, of which every word counts
  const lines = isOurs && width !== null ? wrap(text, Math.max(40, width - MARGIN)) : text.split("\n");
  const [first = "", ...more] = lines.map(cleanText);
  const whole = `${sign} ${label.padEnd(LABEL_WIDTH)}${first}`.trimEnd();
  const shown = width === null || line.level === "error" ? whole : truncateText(whole, Math.max(20, width - 10));
  const colour = hasColour ? COLOURS[sign] : undefined;
  const head = colour === undefined ? shown : `\u001b[${colour}m${shown}\u001b[0m`;
  return [`${localTime(line.atMs)}  ${head}`, ...more.map((rest) => " ".repeat(MARGIN) + rest)].join("\n");
}

/** At blanks; a word that is wider stays whole. */
function wrap(text: string, width: number): string[] {
  return text.match(new RegExp(`.{1,${width}}(?=\\s|$)|\\S+`, "g"))?.map((part) => part.trim()) ?? [];
}

function factOf({ level, message, fields }: Line): Fact {
  const [, subject = message, state = ""] = /^(service|alert|overall status) is (\w+)$/.exec(message) ?? [];
  const say: Say = (name) => {
    const value = fields[name] ?? "";
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  const fact = FACTS[subject]?.(say, state);
  if (fact) return fact;
  const label = level === "info" ? "" : level === "warn" ? "warning" : level;
  return { sign: SIGNS[level], label, text: [message, ...Object.entries(fields).map(formatPair)].join(" ") };
}

/** A field as text; empty when there is none. */
type Say = (name: string) => string;

const FACTS: Readonly<Record<string, (say: Say, state: string) => Fact>> = {
  monitoring: (say) => ({
    sign: "●",
    label: "started",
    text: `${say("url")}  ${say("config")}, version ${say("version")}`,
  }),
  service: (say, status) => ({
    sign: STATUS_SIGNS[status] ?? "■",
    label: STATUS_LABELS[status] ?? "down",
    text: `${say("service")}: ${join(", ", [status, say("error"), lasted(say("down_ms")), `was ${say("from")}`])}`,
  }),
  alert: alertFact,
  "overall status": (say, status) => ({
    sign: STATUS_SIGNS[status] ?? "■",
    label: "overall",
    text: join(", ", [status + counted(say("not_healthy"), say("deciding")), `was ${say("from")}`]),
  }),
  notification: (say) => ({
    sign: say("type") === "alert.resolved" ? "✓" : "▲",
    label: "message",
    text: say("text"),
  }),
  "notification sent": (say) => ({ sign: "✓", label: "sent", text: `${say("type")} to ${say("channel")}` }),
};

function alertFact(say: Say, state: string): Fact {
  const about = [say("severity"), say("name")];
  if (state === "resolved") return { sign: "✓", label: "over", text: join(" · ", [...about, say("reason")]) };
  const isCritical = say("severity") === "critical";
  const more = [say("error") || say("reason"), state === "firing" ? "" : state, tellsWhom(say("decision"))];
  return {
    sign: isCritical ? "‼" : "▲",
    label: isCritical ? "ALERT" : "alert",
    text: join(" · ", [...about, ...more]),
  };
}

function lasted(ms: string): string {
  return ms === "" ? "" : `after ${formatDuration(Number(ms))}`;
}

/** Of the services that decide: the critical ones, or all where none is. */
function counted(notHealthy: string, deciding: string): string {
  return notHealthy === "" || notHealthy === "0" ? "" : `: ${notHealthy} of ${deciding} that decide not healthy`;
}

function tellsWhom(decision: string): string {
  if (decision === "no_channel") return UNTOLD;
  return Object.entries(DECISIONS).find(([name]) => name === decision)?.[1] ?? decision;
}

function join(separator: string, parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(separator);
}

/** Line breaks stay: an error may be a list. Whatever has a blank or a quote is quoted, so that it is seen where it ends. */
function formatPair([name, value]: [string, Json]): string {
  if (typeof value !== "string") return `${name}=${JSON.stringify(value)}`;
  return `${name}=${/[\s"=]/.test(value) && !value.includes("\n") ? JSON.stringify(value) : value}`;
}

function localTime(atMs: number): string {
  const at = new Date(atMs);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
