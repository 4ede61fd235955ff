/** The view Routes at its address. Mounted by pages.tsx. Invariant: the guard comes first. */
import type { Context, Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { admit, READING } from "../http/guard.ts";
import { readBanners } from "./banners.ts";
import { framed, html } from "./html.tsx";
import { ownApi, readPart } from "./own-api.ts";
import { readCurrency } from "./read-currency.ts";
import { showRefusal } from "./refusal.tsx";
import { capabilityModels, type Routes as RoutesAnswer } from "./routes-model.ts";
import { readerOf } from "./session.tsx";
import { Routes, ROUTES_PATH } from "./views/routes.tsx";

export function serveRoutes(app: Hono<AppEnv>): (context: Context<AppEnv>) => Promise<Response> {
  return async (context) => {
    const { req, env } = context;
    await admit(req.raw, READING, env);
    const nowMs = env.clock.nowMs();
    const [answer, { isSignedIn }, banners, currency] = await Promise.all([
      readPart<RoutesAnswer>(ownApi(app, context)("/routes")),
      readerOf(context),
      readBanners(env),
      readCurrency(env, nowMs),
    ]);
    if (answer instanceof Response) return showRefusal(answer, context, { back: ROUTES_PATH });
    const view = <Routes capabilities={answer && capabilityModels(answer, nowMs)} nowMs={nowMs} banners={banners} />;
    const framing = { heading: "Routes", group: "unknown", cluster: env.cluster(), view: ROUTES_PATH } as const;
    return html(framed(view, { ...framing, reloads: ROUTES_PATH, isSignedIn, currency }));
  };
}
