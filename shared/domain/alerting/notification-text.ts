/**
 * What a notification says in words: a title of one line and a few lines below it, as plain text.
 * Pure; channels take these and escape or cut them as their receiver asks. Texts of services are unknown text: they have been
 * cleaned of controls, not of anybody's markup.
 * Invariant: the title of what is over contains "resolved", and no other title does by our own words.
 */
import type { Severity } from "./alert.ts";
import { sayBalancer } from "./faulty-balancer.ts";
import { truncateText } from "../text/clean-text.ts";
import { formatDuration } from "../text/duration-text.ts";
import type { AlertReport, Notification, NotificationType } from "./notification.ts";
import { formatTimestamp } from "../text/timestamp.ts";

/** Names that a title or a line lists; the others are counted. */
const MOST_NAMES = 5;
/** Alerts that the text lists one by one. */
const MOST_LINES = 20;
const LONGEST_MESSAGE = 300;

const HEADINGS = {
  "alert.firing": null,
  "alert.escalated": null,
  "alert.reminder": "still",
  "alert.flapping": "flapping",
  "alert.resolved": "resolved",
  drill: "drill",
  "channel.test": "test",
} as const satisfies Record<NotificationType, string | null>;

/** One line, for example `CRITICAL: Tools Server is timeout - Request timed out`, `resolved: Tools Server, after 5 min`. */
export function notificationTitle(notification: Notification): string {
  const { type, alerts, severity } = notification;
  const [only] = alerts;
  if (type === "drill") return `drill: nothing is wrong, ${notification.node} tries whether its messages arrive`;
  if (type === "channel.test") return `test: a message of the monitoring on ${notification.node}`;
  if (type === "alert.resolved") return `resolved: ${formatNames(alerts)}${formatEnding(alerts)}`;
  if (alerts.length === 1 && only) return alertLine(only, type);
  return `${formatHeading(severity, type)}: ${alerts.length} problems: ${formatNames(alerts)}`;
}

/** One line about each alert (the title says it already when there is one only), then what goes for all of them. */
export function notificationLines(notification: Notification): string[] {
  const { alerts, type, node, atMs } = notification;
  if (type === "drill") return ["Nothing is wrong: this message went the whole way that an alert would go."];
  if (type === "channel.test") return ["Nothing is wrong: somebody asked whether this channel works."];
  const lines: string[] = [];
  if (alerts.length > 1) {
    for (const alert of alerts.slice(0, MOST_LINES)) lines.push(alertLine(alert, type));
    if (alerts.length > MOST_LINES) lines.push(`and ${alerts.length - MOST_LINES} more`);
  }
  for (const alert of alerts.slice(0, MOST_LINES)) lines.push(...moreAbout(alert, alerts.length > 1));
  const [first] = alerts;
  if (first && alerts.length === 1) lines.push(`Since ${formatTimestamp(first.sinceMs)}`);
  if (type === "alert.flapping") lines.push("It comes and goes. Nothing more is told until it has settled.");
  lines.push(...listCircumstances(notification));
  lines.push(`Told by ${node} at ${formatTimestamp(atMs)}`);
  return lines;
}

/** How it comes that this is told now, and here. */
function listCircumstances({ isLate, isUnsaved, insteadOf }: Notification): string[] {
  const { channel, failure } = insteadOf ?? {};
  return [
    isLate ? "This message is late: the monitoring was away when it was due." : "",
    isUnsaved ? "The monitoring cannot save its history at the moment." : "",
    insteadOf ? `The channel ${channel} does not take messages (${failure}), hence here.` : "",
  ].filter((line) => line !== "");
}

/** The sentence about one alert, in the form of /alerts, and what people lack because of it. */
function alertLine(alert: AlertReport, type: NotificationType): string {
  const { severity, name, status, impact, message } = alert;
  if (type === "alert.resolved") return `resolved: ${name}${formatEnding([alert])}`;
  // Where a title is cut, what people lack is worth more than what the service said.
  const lacking = impact ? ` (${impact})` : "";
  const said = message === null ? "" : ` - ${truncateText(message, LONGEST_MESSAGE)}`;
  return `${formatHeading(severity, type)}: ${name} is ${status}${lacking}${said}`;
}

function formatHeading(severity: Severity, type: NotificationType): string {
  const heading = HEADINGS[type];
  return `${severity.toUpperCase()}${heading === null ? "" : ` (${heading})`}`;
}

function formatEnding(alerts: readonly AlertReport[]): string {
  const [first] = alerts;
  if (!first || alerts.length > 1 || first.endedAtMs === null) return "";
  const after = `, after ${formatDuration(first.endedAtMs - first.sinceMs)}`;
  if (first.endReason === "replaced") return `${after}: another alert about it goes on`;
  return first.endReason === "removed" ? `${after}: it is not monitored any more` : after;
}

function moreAbout(
  { name, affected, balancer, actionTaken, acknowledgedBy }: AlertReport,
  isOneOfMany: boolean,
): string[] {
  const about = isOneOfMany ? `${name}: ` : "";
  const lines: string[] = [];
  if (balancer) lines.push(`${about}${sayBalancer(balancer)}`);
  if (affected.length > 0) lines.push(`${about}affected by it: ${formatList(affected)}`);
  if (actionTaken !== null) lines.push(`${about}action taken: ${actionTaken}`);
  if (acknowledgedBy !== null) lines.push(`${about}acknowledged by ${acknowledgedBy}`);
  return lines;
}

function formatNames(alerts: readonly AlertReport[]): string {
  return formatList(alerts.map(({ name }) => name));
}

function formatList(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}
