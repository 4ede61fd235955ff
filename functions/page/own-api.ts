/**
 * The API as the pages ask it: within this process, in the name of who asks for the page.
 * Used by perform.tsx and read-service.ts. Invariant: a page shows and does what the API would, for the same token.
 */
import type { Context, Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";

export type OwnApi = (path: string, body?: object) => Promise<Response>;

/** With a body it is a POST of that as JSON, else a GET. */
export function ownApi(app: Hono<AppEnv>, { req, env }: Pick<Context<AppEnv>, "req" | "env">): OwnApi {
  return async (path, body) => {
    const headers = new Headers(req.raw.headers);
    for (const name of ["content-length", "if-none-match"]) headers.delete(name);
    headers.set("accept", "application/json");
    if (body) headers.set("content-type", "application/json");
    const asked = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
    return app.fetch(new Request(new URL(path, req.url), asked), env);
  };
}
