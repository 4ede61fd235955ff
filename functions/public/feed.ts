/**
 * The incidents as an Atom feed (RFC 4287): an entry each, which keeps its id and changes in its place. Pure.
 * Invariants: it is well-formed whatever people and services are called or write; it says nothing that the page does not; while nothing
 * happens it stays the same, byte for byte. Its links are relative, since we do not know by which name the world calls us.
 */
import { formatDuration } from "../../shared/domain/text/duration-text.ts";
import { formatMinute, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { uuidOf, type Incident } from "./incident.ts";
import type { PublicStatus } from "./status-model.ts";
import { xmlText } from "./xml.ts";

/** Newest first; readers keep what they have seen. */
const MOST_ENTRIES = 50;

/** Of a feed in which nothing has happened yet. */
const NEVER_MS = 0;

export function atomFeed({ title, incidents, notices }: PublicStatus): string {
  const shown = incidents.slice(0, MOST_ENTRIES);
  const updatedAtMs = Math.max(NEVER_MS, ...shown.map(changedAtMs), ...notices.map(({ atMs }) => atMs));
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `<id>urn:uuid:${uuidOf(`feed ${title}`)}</id>`,
    `<title>${xmlText(title)}</title>`,
    `<updated>${formatTimestamp(updatedAtMs)}</updated>`,
    `<author><name>${xmlText(title)}</name></author>`,
    '<link rel="self" type="application/atom+xml" href="/feed.xml"/>',
    '<link rel="alternate" type="text/html" href="/status"/>',
    ...shown.map(entry),
    "</feed>\n",
  ].join("\n");
}

function entry(incident: Incident): string {
  const { id, serviceId, sinceMs } = incident;
  return [
    "<entry>",
    `<id>urn:uuid:${id}</id>`,
    `<title>${xmlText(titleOf(incident))}</title>`,
    `<published>${formatTimestamp(sinceMs)}</published>`,
    `<updated>${formatTimestamp(changedAtMs(incident))}</updated>`,
    `<link rel="alternate" type="text/html" href="/status/${xmlText(serviceId)}"/>`,
    `<content type="text">${xmlText(contentOf(incident))}</content>`,
    "</entry>",
  ].join("\n");
}

/** `Tools Server: timeout for 4 min 38 s`, and while it goes on since when: what grows by itself would be news at every look. */
function titleOf({ serviceName, status, sinceMs, untilMs, seenMs }: Incident): string {
  const lasting = untilMs === null ? `since ${formatMinute(sinceMs)}` : `for ${formatDuration(seenMs)}`;
  return `${serviceName}: ${status} ${lasting}`;
}

function contentOf({ sentence, sinceMs, untilMs, updates }: Incident): string {
  const end = untilMs === null ? "It goes on." : `It was over at ${formatMinute(untilMs)}.`;
  const written = updates.map(({ atMs, text }) => `${formatMinute(atMs)}: ${text}`);
  return [sentence, `It began at ${formatMinute(sinceMs)}.`, end, ...written].filter((part) => part !== null).join(" ");
}

function changedAtMs({ sinceMs, untilMs, updates }: Incident): number {
  return Math.max(sinceMs, untilMs ?? 0, ...updates.map(({ atMs }) => atMs));
}
