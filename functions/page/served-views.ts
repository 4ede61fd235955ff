/**
 * The views that are read and acted on at an address of their own, by that address. Mounted by pages.tsx. To add one: a line here, and
 * one in the navigation (views/frame.tsx).
 */
import type { Context, Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { serveAlerts } from "./serve-alerts.tsx";
import { serveDocs } from "./serve-docs.tsx";
import { serveHistory } from "./serve-history.tsx";
import { serveRoutes } from "./serve-routes.tsx";
import { serveSetup } from "./serve-setup.tsx";
import { ALERTS_PATH } from "./views/alerts.tsx";
import { DOCS_PATH } from "./views/docs.tsx";
import { HISTORY_PATH } from "./views/history.tsx";
import { ROUTES_PATH } from "./views/routes.tsx";
import { SETUP_PATH } from "./views/setup.tsx";

type ServeView = (app: Hono<AppEnv>) => (context: Context<AppEnv>) => Promise<Response>;

export const SERVED_VIEWS: Readonly<Record<string, ServeView>> = {
  [ALERTS_PATH]: serveAlerts,
  [HISTORY_PATH]: serveHistory,
  [ROUTES_PATH]: serveRoutes,
  [SETUP_PATH]: serveSetup,
  [DOCS_PATH]: serveDocs,
};
