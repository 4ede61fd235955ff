/**
 * The pages for people, served as HTML beside the API: addresses, headers, errors.
 * Mounted by app.ts. Invariants: the guard comes before everything but the style sheet; what a page shows runs nothing, loads nothing
 * of another origin and is framed by nobody.
 */
import type { Context, Hono } from "hono";
import { SECURITY_HEADERS, toResponse, type Bytes } from "../http/bytes.ts";
import type { AppEnv } from "../http/app-env.ts";
import { admit, requireAddressed, type Purpose } from "../http/guard.ts";
import { describeError } from "../http/problem.ts";
import { readNow } from "./read-now.ts";
import { groupOf, wordOf } from "./status-words.ts";
import { STYLE, STYLE_PATH } from "./style.ts";
import { Frame } from "./views/frame.tsx";
import { Now } from "./views/now.tsx";
import { ProblemView } from "./views/problem.tsx";

const READING: Purpose = { effect: "read", scope: "read" };

const PAGE_HEADERS = {
  ...SECURITY_HEADERS,
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
};

const STYLE_HEADERS = {
  ...SECURITY_HEADERS,
  "content-type": "text/css; charset=utf-8",
  "cache-control": "public, max-age=31536000, immutable",
};

type PageContext = Context<AppEnv>;

/** Their paths, for who wants to know what there is. */
export const PAGE_PATHS = ["/dashboard", STYLE_PATH] as const;

export function mountPages(app: Hono<AppEnv>): void {
  app.get("/", leadPeopleToThePage);
  app.get("/dashboard", asPage(serveNow));
  app.get(STYLE_PATH, (context) => {
    requireAddressed(context.req.raw, context.env);
    return toResponse({ status: 200, headers: STYLE_HEADERS, body: STYLE });
  });
}

/** Browsers ask for HTML; everybody else gets the index of the API. */
function leadPeopleToThePage({ req, env }: PageContext, next: () => Promise<void>): Response | Promise<void> {
  if (!/\btext\/html\b/i.test(req.header("accept") ?? "")) return next();
  requireAddressed(req.raw, env);
  const headers = { ...SECURITY_HEADERS, location: "/dashboard", vary: "Accept" };
  return toResponse({ status: 303, headers, body: null });
}

/** What goes wrong is told as a page as well. */
function asPage(serve: (context: PageContext) => Promise<Response>): (context: PageContext) => Promise<Response> {
  return async (context) => {
    try {
      return await serve(context);
    } catch (error) {
      const problem = describeError(error, context.env.log);
      const { node, notice } = context.env.cluster();
      const page = (
        <Frame heading={problem.title} group="unknown" node={node} notice={notice} reloads={false}>
          <ProblemView problem={problem} />
        </Frame>
      );
      return html(page, { status: problem.status, headers: problem.headers });
    }
  };
}

async function serveNow({ req, env }: PageContext): Promise<Response> {
  await admit(req.raw, READING, env);
  const nowMs = env.clock.nowMs();
  const now = await readNow(env, nowMs);
  const { node, notice } = env.cluster();
  const group = now.isStale ? "unknown" : groupOf(now.overall);
  const heading = now.isStale ? "No update" : wordOf(now.overall);
  return html(
    <Frame heading={heading} group={group} node={node} notice={notice} reloads>
      <Now now={now} nowMs={nowMs} />
    </Frame>,
  );
}

/** What JSX makes; a promise where a part of it is one. */
interface Markup {
  toString(): string | Promise<string>;
}

async function html(
  page: Markup,
  { status = 200, headers = {} }: Partial<Pick<Bytes, "status" | "headers">> = {},
): Promise<Response> {
  const body = `<!doctype html>${await page.toString()}`;
  return toResponse({ status, headers: { ...PAGE_HEADERS, ...headers }, body });
}
