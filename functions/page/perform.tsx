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
import { ownApi } from "./own-api.ts";
import { showRefusal } from "./session.tsx";

interface Named {
  readonly name: string;
  readonly action: Action;
}

export function perform(app: Hono<AppEnv>, { name, action }: Named): (context: Context<AppEnv>) => Promise<Response> {
  return async (context) => {
    const { req, env } = context;
    requireAddressed(req.raw, env);
    requireOwnOrigin(req.raw, env);
    const { path, body } = action.ask(new URLSearchParams(await readText(req.raw)), env.clock.nowMs());
    const answer = await ownApi(app, context)(path, body);
    if (!answer.ok) return showRefusal(answer, "/dashboard");
    const back = { ...SECURITY_HEADERS, location: `/dashboard?done=${name}`, "cache-control": "no-store" };
    return toResponse({ status: 303, headers: back, body: null });
  };
}
