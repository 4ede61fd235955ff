/**
 * Serves something as a page: whatever goes wrong is told as one as well, compressed where that pays. Used by pages.tsx and app.ts.
 * Invariants: who is not known yet is asked who it is; what a refusal says in its headers is kept, such as when to come again.
 */
import type { Context } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { compressed } from "../http/content-coding.ts";
import { describeError } from "../http/problem.ts";
import { framed, html } from "./html.tsx";
import { askedPage, showRefusal, showSignIn } from "./session.tsx";
import { themed } from "./theme.ts";
import { ProblemView } from "./views/problem.tsx";

export type PageContext = Context<AppEnv>;
type Serve = (context: PageContext) => Response | Promise<Response>;

export function asPage(serve: Serve): (context: PageContext) => Promise<Response> {
  return async (context) => {
    const answer = await themed(await toldAsPage(serve, context), context.req.raw.headers);
    const { compress } = context.env;
    return compress ? compressed(answer, context.req.header("accept-encoding") ?? null, compress) : answer;
  };
}

/** For an address that is no page of ours: browsers get one, programs what `serve` says. */
export function asPageForPeople(serve: Serve): Serve {
  const page = asPage(serve);
  return (context) => (wantsPage(context) ? page(context) : serve(context));
}

/** Browsers ask for HTML. */
export function wantsPage({ req }: PageContext): boolean {
  return /\btext\/html\b/i.test(req.header("accept") ?? "");
}

/** For what is sent piece by piece: to compress it would wait for all of it. */
export async function toldAsPage(serve: Serve, context: PageContext): Promise<Response> {
  const { env, req } = context;
  try {
    const answer = await serve(context);
    const isRefusal = answer.headers.get("content-type") === "application/problem+json";
    return isRefusal ? await showRefusal(answer, askedPage(req)) : answer;
  } catch (error) {
    const { headers, ...problem } = describeError(error, env.log);
    const { status } = problem;
    if (status === 401) return showSignIn({ next: askedPage(req), hasFailed: false }, { status, headers });
    const page = framed(<ProblemView problem={problem} />, { heading: problem.title, group: "unknown" });
    return html(page, { status, headers });
  }
}
