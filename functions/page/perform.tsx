/**
 * Does what somebody has asked for by a form of a page: as a request to the API, in the name of who has signed in.
 * Mounted by pages.tsx. Invariant: loading the page again does nothing again.
 */
import type { Context, Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { SECURITY_HEADERS, toResponse } from "../http/bytes.ts";
import { requireAddressed, requireOwnOrigin } from "../http/guard.ts";
import { readText } from "../http/input.ts";
import type { Action } from "./actions.ts";
import { framed, html } from "./html.tsx";
import { showSignIn } from "./session.tsx";
import { ProblemView } from "./views/problem.tsx";

interface Named {
  readonly name: string;
  readonly action: Action;
}

export function perform(app: Hono<AppEnv>, { name, action }: Named): (context: Context<AppEnv>) => Promise<Response> {
  return async ({ req, env }) => {
    requireAddressed(req.raw, env);
    requireOwnOrigin(req.raw, env);
    const { path, body } = action.ask(new URLSearchParams(await readText(req.raw)), env.clock.nowMs());
    const headers = new Headers(req.raw.headers);
    headers.delete("content-length");
    headers.set("content-type", "application/json");
    const asked = new Request(new URL(path, req.url), { method: "POST", headers, body: JSON.stringify(body) });
    const answer = await app.fetch(asked, env);
    if (!answer.ok) return showRefusal(answer, env);
    const back = { ...SECURITY_HEADERS, location: `/dashboard?done=${name}`, "cache-control": "no-store" };
    return toResponse({ status: 303, headers: back, body: null });
  };
}

/** In the words of the API. */
async function showRefusal(answer: Response, env: AppEnv["Bindings"]): Promise<Response> {
  const { status } = answer;
  if (status === 401) return showSignIn(env, { next: "/dashboard", hasFailed: false }, status);
  const { title, detail } = (await answer.json()) as { readonly title: string; readonly detail: string }; // RFC 9457
  const page = <ProblemView problem={{ title, detail, status }} />;
  return html(framed(page, { heading: title, group: "unknown", env }), { status });
}
