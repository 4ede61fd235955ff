/**
 * What a badge says: a word about one service, or about all that are shown. Pure; drawn by badge-svg.ts.
 * Invariants: the word says what the colour says; what is not known is grey, whatever was known before; a share has no colour of its own.
 */
import { formatDuration } from "../../shared/domain/text/duration-text.ts";
import { groupOf, type StatusGroup } from "../page/status-words.ts";
import { uptimePercent } from "./figures.ts";
import type { PublicService, PublicStatus } from "./status-model.ts";
import { formatPercent } from "../page/percent-text.ts";

export interface Badge {
  /** What it is about, in short, on its left. */
  readonly label: string;
  /** `timeout 4 min` */
  readonly message: string;
  readonly colour: BadgeColour;
  /** For who does not see it: `Tools Server: timeout 4 min`. */
  readonly description: string;
}

export type BadgeColour = StatusGroup | "neutral";

export interface BadgeStyle {
  readonly style: "status" | "uptime";
  /** 1 to 90. */
  readonly days: number;
}

/** The name under which all of them have a badge. */
const OVERALL = "overall";

/** Null: there is no such service, or it is not shown. */
export function findBadge(status: PublicStatus, id: string, asked: BadgeStyle): Badge | null {
  const service = status.services.get(id);
  if (id === OVERALL) return overallBadge(status, asked);
  return service ? serviceBadge(service, status, asked) : null;
}

/** In place of one that cannot be shown. */
export function faultBadge(message: string): Badge {
  return { label: "status", message, colour: "unknown", description: `Status: ${message}` };
}

function serviceBadge(service: PublicService, { isStale, atMs }: PublicStatus, { style, days }: BadgeStyle): Badge {
  const { id, name } = service;
  if (style === "uptime") return shareBadge({ label: id, name }, uptimePercent(service, days), days);
  return stateBadge({ label: id, name }, isStale ? UNKNOWN : service, atMs);
}

/** Of a share of all of them it is the least: a mean would hide the one that was down. */
function overallBadge({ title, services, overall, sinceMs, isStale, atMs }: PublicStatus, asked: BadgeStyle): Badge {
  const about = { label: "status", name: title };
  if (asked.style === "status") return stateBadge(about, isStale ? UNKNOWN : { status: overall, sinceMs }, atMs);
  const shares = [...services.values()].flatMap((service) => uptimePercent(service, asked.days) ?? []);
  return shareBadge(about, shares.length > 0 ? Math.min(...shares) : null, asked.days);
}

const UNKNOWN = { status: "unknown", sinceMs: null } as const;

interface About {
  readonly label: string;
  readonly name: string;
}

/** How long something is wrong is news, how long all is well is not. */
function stateBadge(
  { label, name }: About,
  { status, sinceMs }: Pick<PublicService, "status" | "sinceMs">,
  nowMs: number,
): Badge {
  const group = groupOf(status);
  const lasting = sinceMs === null || group === "healthy" ? "" : ` ${formatDuration(nowMs - sinceMs)}`;
  const message = status + lasting;
  return { label, message, colour: group, description: `${name}: ${message}` };
}

function shareBadge({ label, name }: About, percent: number | null, days: number): Badge {
  const range = days === 1 ? "today" : `in ${days} days`;
  if (percent === null) {
    return { label, message: "no data", colour: "unknown", description: `${name}: no data ${range}` };
  }
  const message = formatPercent(percent);
  return { label, message, colour: "neutral", description: `${name}: ${message} up ${range}` };
}
