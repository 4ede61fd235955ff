/**
 * Serves something as a page: whatever goes wrong is told as one as well, compressed where that pays. Used by pages.tsx and app.ts.
 * Invariant: nothing that is thrown gets past it.
 */
import type { Context } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { compressed } from "../http/content-coding.ts";
import { describeError } from "../http/problem.ts";
import { showProblem, showRefusal } from "./refusal.tsx";
import { themed } from "./theme.ts";

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
  return wantsHtml(req.raw.headers);
}

export function wantsHtml(headers: Headers): boolean {
  return /\btext\/html\b/i.test(headers.get("accept") ?? "");
}

/** For what is sent piece by piece: to compress it would wait for all of it. */
export async function toldAsPage(serve: Serve, context: PageContext): Promise<Response> {
  try {
    const answer = await serve(context);
    const isRefusal = answer.headers.get("content-type") === "application/problem+json";
    return isRefusal ? await showRefusal(answer, context) : answer;
  } catch (error) {
    return showProblem(describeError(error, context.env.log), context);
  }
}
