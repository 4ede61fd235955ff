/**
 * What was refused or went wrong, as a page in the frame of the others. Used by as-page.tsx, and where the API refuses what a page asks.
 * Invariants: who is not known yet is asked who it is; what a refusal says in its headers is kept, such as when to come again; what is our
 * own fault says what is known of it, and what was to be seen comes back by itself.
 */
import type { Context } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import type { Bytes } from "../http/bytes.ts";
import type { Problem } from "../http/problem.ts";
import { readBanners, type Banner } from "./banners.ts";
import { framed, html, PAGE_HEADERS } from "./html.tsx";
import { askedPage, HOME, ownPage, showSignIn } from "./session.tsx";
import { ProblemView } from "./views/problem.tsx";

type PageContext = Pick<Context<AppEnv>, "req" | "env">;

interface Ways {
  /** Where who signs in is led. Default: to what was asked for. */
  readonly next?: string;
  /** Where the reader came from. Default: Now. */
  readonly back?: string;
}

/** What the API has refused, in its words and with its headers. */
export async function showRefusal(answer: Response, context: PageContext, ways: Ways = {}): Promise<Response> {
  const { title, detail } = (await answer.json()) as { readonly title: string; readonly detail: string }; // RFC 9457
  return showProblem({ title, detail, status: answer.status, headers: headersOfRefusal(answer) }, context, ways);
}

type Told = Pick<Problem, "title" | "detail" | "status"> & { readonly headers: Bytes["headers"] };

export async function showProblem(
  { headers, ...problem }: Told,
  { req, env }: PageContext,
  { next = askedPage(req), back = HOME }: Ways = {},
): Promise<Response> {
  const { status } = problem;
  if (status === 401) return showSignIn({ next, hasFailed: false }, { status, headers });
  const banners = status >= 500 ? await readBanners(env) : [];
  return showAlone({ headers, ...problem }, { request: req.raw, banners, nowMs: env.clock.nowMs() }, back);
}

interface Situation {
  readonly request: Pick<Request, "method" | "url">;
  /** About the monitor itself. */
  readonly banners: readonly Banner[];
  readonly nowMs: number;
}

/** Also where there is no monitor. */
export function showAlone(
  { headers, ...problem }: Told,
  { request, ...situation }: Situation,
  back = HOME,
): Promise<Response> {
  const { title, status } = problem;
  // What was to be done is not done again by itself.
  const again = status >= 500 && request.method === "GET" ? ownPage(askedPage(request)) : null;
  const page = <ProblemView problem={problem} back={back} again={again} {...situation} />;
  return html(framed(page, { heading: title, group: "unknown", reloads: again }), { status, headers });
}

/** What it says beside its words. What it says of its body and of itself as JSON is not the page's. */
export function headersOfRefusal({ headers }: Response): Bytes["headers"] {
  return Object.fromEntries(
    [...headers].filter(([name]) => !Object.hasOwn(PAGE_HEADERS, name) && !name.startsWith("content-")),
  );
}
