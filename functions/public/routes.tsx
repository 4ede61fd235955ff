/**
 * What anybody may see, without a token: the public page, the same as JSON and as a feed, and badges. Mounted by app.ts.
 * Invariants: while `public:` is absent nothing of this is there; a service that is not shown is answered like one that is not there;
 * whoever asks, nothing is read from the database that is not kept for all who ask (public-status-reader.ts).
 */
import type { Context, Hono } from "hono";
import * as z from "zod/mini";
import { SECURITY_HEADERS } from "../http/bytes.ts";
import type { AppEnv } from "../http/app-env.ts";
import { requireAddressed } from "../http/guard.ts";
import { readQuery } from "../http/input.ts";
import { wholeNumber } from "../http/parameters.ts";
import { AppError, describeError, problemResponse } from "../http/problem.ts";
import { STALE_AFTER_MS, type Currency } from "../page/currency.ts";
import { documentOf, html, PAGE_HEADERS } from "../page/html.tsx";
import { groupOf, wordOf } from "../page/status-words.ts";
import { serveBadge } from "./badges.ts";
import { atomFeed } from "./feed.ts";
import { MOST_PAGES, pastPage } from "./past-page.ts";
import { renderOnce, send, type Rendered } from "./rendered.ts";
import { statusJson } from "./status-json.ts";
import type { PublicStatus } from "./status-model.ts";
import { FaultView } from "./views/fault.tsx";
import { PublicFrame } from "./views/public-frame.tsx";
import { PublicServiceView } from "./views/service.tsx";
import { StatusView } from "./views/status.tsx";

type PublicContext = Context<AppEnv>;
type Serve = (context: PublicContext) => Promise<Response>;

const MAX_AGE_S = 15;

const JSON_HEADERS = { ...SECURITY_HEADERS, "content-type": "application/json; charset=utf-8" };
const FEED_HEADERS = { ...SECURITY_HEADERS, "content-type": "application/atom+xml; charset=utf-8" };

const NO_PAGE = "There is no such page.";

export function mountPublic(app: Hono<AppEnv>): void {
  app.get("/status", asPublicPage(serveStatus));
  app.get("/status/:service", asPublicPage(serveService));
  app.get("/status.json", (context) => serveJson(context));
  app.get("/feed.xml", (context) => serveFeed(context));
  app.get("/badge/:file", (context) => serveBadge(context));
  for (const path of ["/status", "/status/:service", "/status.json", "/feed.xml", "/badge/:file"])
    app.all(path, (context) => refuseMethod(context));
}

/** Throws unless the request is for us and there is something to see. */
async function readStatus({ req, env }: PublicContext): Promise<PublicStatus> {
  requireAddressed(req.raw, env);
  const status = await env.publicStatus.read();
  if (!status) throw new AppError("not_found", NO_PAGE);
  return status;
}

const PAGE_QUERY = z.object({
  page: wholeNumber({ description: "Fourteen days of the past, the newest first.", most: MOST_PAGES, byDefault: 1 }),
});

async function serveStatus(context: PublicContext): Promise<Response> {
  const status = await readStatus(context);
  // Who hands the address on adds parameters of their own.
  const ours = new URL(context.req.url).searchParams.getAll("page").map((page) => ["page", page]);
  const { page } = readQuery(PAGE_QUERY, new URLSearchParams(ours)) as z.output<typeof PAGE_QUERY>; // what it makes
  const rendered = await renderOnce(status, `page ${page}`, () => {
    const { overall } = status;
    // What is further back changes no more.
    const kept = page === 1 ? { reloads: "/status", currency: currencyOf(status) } : { reloads: null, currency: null };
    return documentOf(
      <PublicFrame heading={wordOf(overall)} group={groupOf(overall)} site={status} {...kept}>
        <StatusView status={status} past={pastPage(status, page)} />
      </PublicFrame>,
    );
  });
  return sendPage(context, status, rendered);
}

async function serveService(context: PublicContext): Promise<Response> {
  const status = await readStatus(context);
  const service = status.services.get(context.req.param("service") ?? "");
  if (!service) throw new AppError("not_found", NO_PAGE);
  const rendered = await renderOnce(status, `service ${service.id}`, () => {
    const says = { heading: `${wordOf(service.status)}: ${service.name}`, group: groupOf(service.status) };
    const kept = { reloads: `/status/${service.id}`, currency: currencyOf(status) };
    return documentOf(
      <PublicFrame {...says} site={status} {...kept}>
        <PublicServiceView service={service} status={status} />
      </PublicFrame>,
    );
  });
  return sendPage(context, status, rendered);
}

/** How often the house looks is its own business: with a script the page is stale when nobody has answered for the shortest time. */
function currencyOf({ updatedAtMs, isStale, atMs }: PublicStatus): Currency {
  return { atMs: updatedAtMs, isStale, staleAfterMs: STALE_AFTER_MS, nowMs: atMs };
}

function sendPage(context: PublicContext, { isIndexed }: PublicStatus, rendered: Rendered): Promise<Response> {
  return send(rendered, { maxAgeS: MAX_AGE_S, headers: PAGE_HEADERS, isIndexed }, context);
}

async function serveJson(context: PublicContext): Promise<Response> {
  const status = await readStatus(context);
  const rendered = await renderOnce(status, "json", () => JSON.stringify(statusJson(status)));
  return send(rendered, { maxAgeS: MAX_AGE_S, headers: JSON_HEADERS, isIndexed: status.isIndexed }, context);
}

async function serveFeed(context: PublicContext): Promise<Response> {
  const status = await readStatus(context);
  const rendered = await renderOnce(status, "feed", () => atomFeed(status));
  return send(rendered, { maxAgeS: MAX_AGE_S, headers: FEED_HEADERS, isIndexed: status.isIndexed }, context);
}

/** What goes wrong is told as a page as well, to which only those who are shown something are led back. */
function asPublicPage(serve: Serve): Serve {
  return async (context) => {
    const { env } = context;
    try {
      return await serve(context);
    } catch (error) {
      const problem = describeError(error, env.log);
      const page = (
        <PublicFrame heading={problem.title} group="unknown" site={null} reloads={null} currency={null}>
          <FaultView problem={problem} hasPage={env.config().public !== null} />
        </PublicFrame>
      );
      return html(page, { status: problem.status, headers: problem.headers });
    }
  };
}

function refuseMethod({ req, env }: PublicContext): Response {
  requireAddressed(req.raw, env);
  if (!env.config().public) throw new AppError("not_found", NO_PAGE);
  const error = new AppError("method_not_allowed", `${req.method} is not possible here.`);
  return problemResponse(error, env.log, { allow: "GET, HEAD" });
}
