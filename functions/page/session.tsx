/**
 * Signing in to the pages by a token, and out again. What the browser keeps is the token itself, so that the service keeps nothing.
 * Mounted by pages.tsx. Invariants: a token is in no page, log line or address; who signs in is led to a page of ours only.
 */
import type { Context } from "hono";
import { SECURITY_HEADERS, toResponse, type Bytes } from "../http/bytes.ts";
import type { AppEnv } from "../http/app-env.ts";
import { isGranted, requireAddressed, requireOwnOrigin, verifyToken } from "../http/guard.ts";
import { readText } from "../http/input.ts";
import { AppError } from "../http/problem.ts";
import { cookieToken, SIGN_OUT_COOKIE, signInCookie } from "../http/shown-token.ts";
import { framed, html } from "./html.tsx";
import { SignIn, type SignInProps } from "./views/sign-in.tsx";

type PageContext = Context<AppEnv>;

export const SIGN_IN_PATH = "/dashboard/login";
export const SIGN_OUT_PATH = "/dashboard/logout";

export const HOME = "/dashboard";

/** What somebody may do here, by the token that they have signed in with. */
export interface Reader {
  /** False also with a token that is not good any more. */
  readonly isSignedIn: boolean;
  readonly mayWrite: boolean;
  readonly mayAdminister: boolean;
  /** False: nobody can sign in. */
  readonly hasTokens: boolean;
}

export async function readerOf({ req, env }: PageContext): Promise<Reader> {
  const token = cookieToken(req.raw.headers);
  const [write, admin] = await Promise.all([isGranted(token, "alerts:write", env), isGranted(token, "admin", env)]);
  return {
    isSignedIn: write !== null,
    mayWrite: write === true,
    mayAdminister: admin === true,
    hasTokens: env.config().auth.tokens.size > 0,
  };
}

/** Nothing that a browser could take for another origin, and nothing that is only to be sent to. */
const OWN_PAGE = /^\/(?:docs|dashboard(?!\/log(?:in|out)\b)(?:\/[\w-]+)*)(?:\?[\w=&.:*%+-]{0,200})?$/;

export async function serveSignIn({ req, env }: PageContext): Promise<Response> {
  requireAddressed(req.raw, env);
  return showSignIn({ next: ownPage(req.query("next")), hasFailed: false });
}

/** The form, where a page may not be seen without a token. */
export function showSignIn(
  { next, hasFailed, isToAct = false }: SignInProps,
  { status = hasFailed ? 401 : 200, headers = {} }: Partial<Pick<Bytes, "status" | "headers">> = {},
): Promise<Response> {
  const page = <SignIn next={next} hasFailed={hasFailed} isToAct={isToAct} />;
  return html(framed(page, { heading: "Sign in", group: "unknown" }), { status, headers });
}

export async function signIn({ req, env }: PageContext): Promise<Response> {
  requireAddressed(req.raw, env);
  requireOwnOrigin(req.raw);
  const form = new URLSearchParams(await readText(req.raw));
  const [token, next] = [(form.get("token") ?? "").trim(), ownPage(form.get("next"))];
  try {
    await verifyToken(token, "read", env);
  } catch (error) {
    if (error instanceof AppError && error.code === "unauthorized") return showSignIn({ next, hasFailed: true });
    throw error;
  }
  return leadTo(next, signInCookie(token, new URL(req.url).protocol === "https:"));
}

export function signOut({ req, env }: PageContext): Response {
  requireAddressed(req.raw, env);
  requireOwnOrigin(req.raw);
  return leadTo(SIGN_IN_PATH, SIGN_OUT_COOKIE);
}

function leadTo(location: string, cookie: string): Response {
  return toResponse({
    status: 303,
    headers: { ...SECURITY_HEADERS, location, "set-cookie": cookie, "cache-control": "no-store" },
    body: null,
  });
}

/** The page itself where it is one of ours, with what is asked of it, else the first one. */
export function ownPage(path: string | null | undefined): string {
  return path && OWN_PAGE.test(path) ? path : HOME;
}

/** Of what is asked, to be led back to it. */
export function askedPage({ url }: Pick<PageContext["req"], "url">): string {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}
