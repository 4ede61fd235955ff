/** The view Now at its address. Mounted by pages.tsx. Invariant: the guard comes first. */
import type { Context } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { admit, READING } from "../http/guard.ts";
import { cookieToken } from "../http/shown-token.ts";
import { doneSentence } from "./actions/registry.ts";
import { framed, html } from "./html.tsx";
import { readNow } from "./read-now.ts";
import { groupOf, wordOf } from "./status-words.ts";
import { Now } from "./views/now.tsx";

export async function serveNow({ req, env }: Context<AppEnv>): Promise<Response> {
  await admit(req.raw, READING, env);
  const nowMs = env.clock.nowMs();
  const now = await readNow(env, nowMs);
  const group = now.isStale ? "unknown" : groupOf(now.overall);
  const heading = now.isStale ? "No update" : wordOf(now.overall);
  const isSignedIn = cookieToken(req.raw.headers) !== "";
  const asked = { filter: req.query("filter") ?? "", done: doneSentence(req.query("done")) };
  const view = <Now now={now} nowMs={nowMs} {...asked} />;
  const updated = { atMs: now.updatedAtMs, staleAfterMs: now.staleAfterMs, isStale: now.isStale, nowMs };
  const here = { reloads: "/dashboard", view: "/dashboard" };
  return html(framed(view, { heading, group, cluster: env.cluster(), ...here, isSignedIn, updated }));
}
