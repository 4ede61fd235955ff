/**
 * The view Now at its address. Mounted by pages.tsx.
 * Invariants: the guard comes first; what differs between readers of a page that is kept is in its key.
 */
import type { Context } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { toResponse } from "../http/bytes.ts";
import { acceptsGzip } from "../http/content-coding.ts";
import { admit, READING } from "../http/guard.ts";
import { cookieToken } from "../http/shown-token.ts";
import { asPage } from "./as-page.tsx";
import { framed, html } from "./html.tsx";
import { readNow } from "./read-now.ts";
import { hasSaid, readSaid } from "./said-once.ts";
import { groupOf, wordOf } from "./status-words.ts";
import { themeOf } from "./theme.ts";
import { Now } from "./views/now.tsx";

/** Most ask for the same page; what somebody looks for, or has done, is a page of its own. */
export async function serveNow(context: Context<AppEnv>): Promise<Response> {
  const { req, env } = context;
  await admit(req.raw, READING, env);
  const { headers } = req.raw;
  if (req.method === "HEAD" || new URL(req.url).search !== "" || hasSaid(headers)) return makeNow(context);
  const key = [cookieToken(headers) !== "", themeOf(headers), acceptsGzip(headers.get("accept-encoding"))].join(" ");
  const kept = await env.pages.of(key, async () => {
    const made = await asPage(makeNow)(context);
    const body = new Uint8Array(await made.arrayBuffer());
    return { status: made.status, headers: Object.fromEntries(made.headers), body };
  });
  return toResponse(kept);
}

function addressOf(filter: string): string {
  return filter === "" ? "/dashboard" : `/dashboard?${new URLSearchParams({ filter }).toString()}`;
}

async function makeNow({ req, env }: Context<AppEnv>): Promise<Response> {
  const nowMs = env.clock.nowMs();
  const filter = req.query("filter") ?? "";
  const now = await readNow(env, nowMs, filter);
  const says = { heading: wordOf(now.overall), group: groupOf(now.overall) };
  const isSignedIn = cookieToken(req.raw.headers) !== "";
  const said = await readSaid(req.raw.headers, env);
  const asked = { filter, done: said.sentence };
  const view = <Now now={now} nowMs={nowMs} {...asked} />;
  const currency = { atMs: now.updatedAtMs, staleAfterMs: now.staleAfterMs, isStale: now.isStale, nowMs };
  const here = { reloads: addressOf(filter), view: "/dashboard", hasPublicPage: env.config().public !== null };
  return html(framed(view, { ...says, cluster: env.cluster(), ...here, isSignedIn, currency }), said);
}
