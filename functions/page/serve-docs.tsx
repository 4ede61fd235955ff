/**
 * The page about the API at its address. Mounted by pages.tsx.
 * Invariants: who may not read learns nothing of it; it is made once for each address by which we are called, as long as that are few.
 */
import type { Context, Hono } from "hono";
import { raw } from "hono/html";
import { DAY_MS } from "../../shared/domain/text/timestamp.ts";
import type { AppEnv } from "../http/app-env.ts";
import { cookieToken } from "../http/shown-token.ts";
import type { ApiDocument } from "./docs/api-document.ts";
import { buildDocs } from "./docs/docs-model.ts";
import { framed, html, markupOf } from "./html.tsx";
import { ownApi } from "./own-api.ts";
import { showRefusal } from "./refusal.tsx";
import { DOCS_PATH, DocsView } from "./views/docs.tsx";

/** It takes some milliseconds, and any IP address may stand in `Host`. */
const MOST_KEPT = 4;

export function serveDocs(app: Hono<AppEnv>): (context: Context<AppEnv>) => Promise<Response> {
  const kept = new Map<string, string>();
  return async (context) => {
    const { req, env } = context;
    const answer = await ownApi(app, context)("/openapi.json");
    if (!answer.ok) return showRefusal(answer, context);
    const { origin } = new URL(req.url);
    const service = env.cluster().services[0]?.id ?? "";
    // Examples are of what is planned: they must not lie in the past while this is kept.
    const day = Math.floor(env.clock.nowMs() / DAY_MS);
    const key = [origin, service, day, env.config().auth.readsNeedToken].join(" ");
    const known = kept.get(key);
    const body =
      known ?? (await renderDocs((await answer.json()) as ApiDocument, { origin, service, nowMs: (day + 2) * DAY_MS }));
    if (known === undefined && kept.size >= MOST_KEPT) kept.clear();
    kept.set(key, body);
    const isSignedIn = cookieToken(req.raw.headers) !== "";
    const framing = { heading: "API", group: "unknown", cluster: env.cluster(), view: DOCS_PATH, isSignedIn } as const;
    return html(framed(raw(body), framing));
  };
}

interface Place {
  readonly origin: string;
  /** A key of the configuration, so that a line works when it is pasted. */
  readonly service: string;
  readonly nowMs: number;
}

async function renderDocs(document: ApiDocument, { origin, service, nowMs }: Place): Promise<string> {
  const docs = buildDocs(document, { origin, parts: { service } }, nowMs);
  return markupOf(<DocsView docs={docs} />);
}
