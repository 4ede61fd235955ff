/**
 * The API as the pages and the tools of agents ask it: within this process, in the name of who asks for them.
 * Used by perform.tsx, by what reads the views, and by serve-mcp.ts. Invariant: a page shows and does what the API would, for the same token.
 */
import type { Context, Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import type { Endpoint, ValueOf } from "../http/endpoint.ts";

interface Change {
  readonly method?: "POST" | "DELETE";
  readonly body?: object;
}

export type OwnApi = (path: string, change?: Change) => Promise<Response>;

/** What an endpoint answers, as it is read here. */
export type AnswerOf<Asked extends Pick<Endpoint, "response">> = ValueOf<Asked["response"]>;

/** Without a change it is a GET; a change is a POST of its body as JSON, unless it says DELETE. `signal`: ends what waits. */
export function ownApi(
  app: Hono<AppEnv>,
  { req, env }: Pick<Context<AppEnv>, "req" | "env">,
  signal: AbortSignal | null = null,
): OwnApi {
  return async (path, change) => {
    const headers = new Headers(req.raw.headers);
    for (const name of ["content-length", "content-type", "if-none-match"]) headers.delete(name);
    headers.set("accept", "application/json");
    if (change?.body) headers.set("content-type", "application/json");
    const asked = change
      ? { method: change.method ?? "POST", headers, signal, ...(change.body && { body: JSON.stringify(change.body) }) }
      : { headers, signal };
    return app.fetch(new Request(new URL(path, req.url), asked), env);
  };
}

/** One part of a page: null where it cannot be told now; what needs a token, or another one, is the whole page's business. */
export async function readPart<Answer>(asked: Promise<Response>): Promise<Answer | null | Response> {
  const answer = await asked;
  if (answer.ok) return (await answer.json()) as Answer; // in the form that its endpoint declares
  return answer.status < 500 ? answer : null;
}
