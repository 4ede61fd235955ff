/**
 * Light or dark, where somebody has chosen: what the browser keeps, and what becomes of a page by it. Used by as-page.tsx, pages.tsx and serve-now.tsx.
 * In the browser client/theme.ts does the same at once. Invariant: the first paint is right, so the page itself says it.
 */
import type { Context } from "hono";
import { SECURITY_HEADERS, toResponse } from "../http/bytes.ts";
import type { AppEnv } from "../http/app-env.ts";
import { requireAddressed, requireOwnOrigin } from "../http/guard.ts";

export const THEME_PATH = "/dashboard/theme";

const COOKIE = /(?:^|;\s*)theme=(light|dark)(?=\s*(?:;|$))/;
const COOKIE_S = 365 * 86_400;

/** From one to the next; empty: as the system has it. */
const NEXT: Readonly<Record<string, string>> = { "": "dark", dark: "light", light: "" };

const OWN_PAGE = /^\/dashboard(?:\/[\w-]+)*$/;

/** Empty: as the system has it. */
export function themeOf(headers: Headers): string {
  return COOKIE.exec(headers.get("cookie") ?? "")?.[1] ?? "";
}

/** It is the reader's and not the page's, and put in last, so that pages need not know of it. */
export async function themed(page: Response, asked: Headers): Promise<Response> {
  const isPlain = page.headers.get("content-type")?.startsWith("text/html") && !page.headers.has("content-encoding");
  if (themeOf(asked) === "" || !isPlain) return page;
  const body = withTheme(await page.text(), asked);
  return toResponse({ status: page.status, headers: Object.fromEntries(page.headers), body });
}

export function withTheme(html: string, asked: Headers): string {
  const theme = themeOf(asked);
  return theme === "" ? html : html.replace('<html lang="en">', `<html lang="en" data-theme="${theme}">`);
}

/** The next theme, on the page where somebody has pressed the button. */
export function changeTheme({ req, env }: Context<AppEnv>): Response {
  requireAddressed(req.raw, env);
  requireOwnOrigin(req.raw);
  const theme = NEXT[themeOf(req.raw.headers)] ?? "";
  const { pathname = "" } = URL.parse(req.header("referer") ?? "") ?? {};
  const headers = {
    ...SECURITY_HEADERS,
    location: OWN_PAGE.test(pathname) ? pathname : "/dashboard",
    "set-cookie": `theme=${theme}; Path=/; Max-Age=${theme === "" ? 0 : COOKIE_S}; SameSite=Lax`,
    "cache-control": "no-store",
  };
  return toResponse({ status: 303, headers, body: null });
}
