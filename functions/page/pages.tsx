/**
 * The pages for people, served as HTML beside the API: what is at which address, and what goes wrong there.
 * Mounted by app.ts. Invariant: the guard comes before everything but the assets and the form to sign in.
 */
import type { Hono } from "hono";
import { SECURITY_HEADERS, toResponse } from "../http/bytes.ts";
import type { AppEnv } from "../http/app-env.ts";
import { requireAddressed } from "../http/guard.ts";
import { AppError } from "../http/problem.ts";
import { ACTIONS } from "./actions/registry.ts";
import { asPage, toldAsPage, wantsPage, type PageContext } from "./as-page.tsx";
import { ASSETS_PATH } from "./asset-files.ts";
import { ASSETS, NO_ASSET, sendAsset } from "./assets.ts";
import { CHECK_PATH, checkNow } from "./check-now.tsx";
import { perform } from "./perform.tsx";
import { serveNow } from "./serve-now.tsx";
import { serveService } from "./serve-service.tsx";
import { SERVED_VIEWS } from "./served-views.ts";
import { serveSignIn, SIGN_IN_PATH, SIGN_OUT_PATH, signIn, signOut } from "./session.tsx";
import { changeTheme, THEME_PATH } from "./theme.ts";

/** What may be asked there, as the header Allow lists it. */
export const PAGES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(ACTIONS).map((name) => [`/dashboard/${name}`, "POST"])),
  "/dashboard": "GET, HEAD",
  "/dashboard/services/:id": "GET, HEAD",
  ...Object.fromEntries(Object.keys(SERVED_VIEWS).map((path) => [path, "GET, HEAD"])),
  [CHECK_PATH]: "POST",
  [SIGN_IN_PATH]: "GET, HEAD, POST",
  [SIGN_OUT_PATH]: "POST",
  [THEME_PATH]: "POST",
  ...Object.fromEntries([...ASSETS.keys()].map((path) => [path, "GET, HEAD"])),
};

export function mountPages(app: Hono<AppEnv>): void {
  app.get("/", leadPeopleToThePage);
  app.get("/dashboard", asPage(serveNow));
  app.get("/dashboard/", (context) => leadToNow(context, 308));
  app.get("/dashboard/services/:id", asPage(serveService(app)));
  for (const [path, serve] of Object.entries(SERVED_VIEWS)) app.get(path, asPage(serve(app)));
  // Compressing would wait for all of it.
  app.post(CHECK_PATH, (context) => toldAsPage(checkNow(app), context));
  app.get(SIGN_IN_PATH, asPage(serveSignIn));
  app.post(SIGN_IN_PATH, asPage(signIn));
  app.post(SIGN_OUT_PATH, asPage(signOut));
  app.post(THEME_PATH, asPage(changeTheme));
  for (const [name, action] of Object.entries(ACTIONS))
    app.post(`/dashboard/${name}`, asPage(perform(app, { name, action })));
  for (const [path, { contentType }] of ASSETS)
    app.get(path, ({ req, env }) => {
      requireAddressed(req.raw, env);
      return sendAsset(env.assets, { path, contentType, accepted: req.header("accept-encoding") ?? null });
    });
  app.get(`${ASSETS_PATH}:file`, refuseUnknownAsset);
}

/** Everybody else gets the index of the API. */
function leadPeopleToThePage(context: PageContext, next: () => Promise<void>): Response | Promise<void> {
  if (wantsPage(context)) return leadToNow(context, 303);
  return next().then(() => context.res.headers.append("vary", "Accept"));
}

/** Whoever asks for one, such as a page from before an update: what others there are is no secret. */
function refuseUnknownAsset({ req, env }: PageContext): never {
  requireAddressed(req.raw, env);
  throw new AppError("not_found", NO_ASSET);
}

function leadToNow({ req, env }: PageContext, status: 303 | 308): Response {
  requireAddressed(req.raw, env);
  return toResponse({ status, headers: { ...SECURITY_HEADERS, location: "/dashboard", vary: "Accept" }, body: null });
}
