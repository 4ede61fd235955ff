/**
 * GET /badge/{service}.svg and .json: badges for pages of others, as a picture and for shields.io. Mounted by routes.tsx.
 * Invariants: whatever is wrong is told as a badge as well, and looks the same for a service that is not shown and for one that is not there.
 */
import type { Context } from "hono";
import * as z from "zod/mini";
import { SECURITY_HEADERS, toResponse } from "../http/bytes.ts";
import type { AppEnv } from "../http/app-env.ts";
import { requireAddressed } from "../http/guard.ts";
import { readQuery } from "../http/input.ts";
import { wholeNumber } from "../http/parameters.ts";
import { AppError, describeError } from "../http/problem.ts";
import { badgeSvg, fillOf } from "./badge-svg.ts";
import { faultBadge, findBadge, type Badge, type BadgeStyle } from "./badge.ts";
import { HISTORY_DAYS } from "./public-history.ts";
import { send } from "./rendered.ts";
import { etagOf } from "../http/conditional.ts";

const MAX_AGE_S = 30;

const FILE = /^([A-Za-z0-9_-]{1,64})\.(svg|json)$/;
const MOST_CHARACTERS = 80;

const QUERY = z.object({
  style: z._default(z.enum(["status", "uptime"]), "status"),
  days: wholeNumber({ description: "How many days, today included.", most: HISTORY_DAYS, byDefault: HISTORY_DAYS }),
});

const IMAGE = {
  ...SECURITY_HEADERS,
  "content-type": "image/svg+xml; charset=utf-8",
  // It is there to stand on the pages of others.
  "cross-origin-resource-policy": "cross-origin",
};
const JSON_HEADERS = { ...SECURITY_HEADERS, "content-type": "application/json; charset=utf-8" };

export async function serveBadge(context: Context<AppEnv>): Promise<Response> {
  const { req, env } = context;
  const file = req.param("file") ?? "";
  const isJson = file.endsWith(".json");
  const headers = isJson ? JSON_HEADERS : IMAGE;
  try {
    requireAddressed(req.raw, env);
    const status = await env.publicStatus.read();
    const [, id] = FILE.exec(file) ?? [];
    const badge = status && id !== undefined ? findBadge(status, id, readStyle(req.url)) : null;
    if (!status || !badge) throw new AppError("not_found", "There is no such badge.");
    const body = isJson ? shieldsJson(badge) : badgeSvg(badge);
    const { isIndexed } = status;
    return await send(
      { body, etag: etagOf(body) },
      { maxAgeS: MAX_AGE_S, headers, isIndexed, isWorthPacking: false },
      context,
    );
  } catch (error) {
    const problem = describeError(error, env.log);
    const words = problem.status === 400 ? problem.detail : problem.title.toLowerCase();
    const badge = faultBadge(words.slice(0, MOST_CHARACTERS));
    const body = isJson ? shieldsJson(badge, true) : badgeSvg(badge);
    return toResponse({
      status: problem.status,
      headers: { ...headers, "cache-control": "no-store", ...problem.headers },
      body,
    });
  }
}

/** Others add parameters of their own to addresses of pictures, to get by caches: those are not ours to refuse. */
function readStyle(url: string): BadgeStyle {
  const ours = [...new URL(url).searchParams].filter(([name]) => Object.hasOwn(QUERY.shape, name));
  return readQuery(QUERY, new URLSearchParams(ours)) as BadgeStyle; // what the schema makes
}

/** https://shields.io/badges/endpoint-badge */
function shieldsJson({ label, message, colour }: Badge, isError = false): string {
  const color = fillOf(colour).slice("#".length);
  return JSON.stringify({
    schemaVersion: 1,
    label,
    message,
    color,
    cacheSeconds: MAX_AGE_S,
    ...(isError && { isError }),
  });
}
