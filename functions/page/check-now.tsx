/**
 * Checks a service at once because somebody asks for it on its page: the page says so while it goes on, and leads back when it is over.
 * Mounted by pages.tsx. It needs no script: the answer is sent in two parts. Invariants: who may not read learns nothing; leaving the
 * page stops nothing, and loading it again only looks again.
 */
import type { Context, Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { requireAddressed, requireOwnOrigin } from "../http/guard.ts";
import { invalidParameters, readText } from "../http/input.ts";
import { cookieToken } from "../http/shown-token.ts";
import { formatDuration } from "../../shared/domain/text/duration-text.ts";
import { documentOf, framed, htmlInTwo, type Markup } from "./html.tsx";
import { shorten } from "./shorten.ts";
import { ownApi } from "./own-api.ts";
import type { ServiceDocument } from "./read-service.ts";
import { showRefusal } from "./refusal.tsx";
import { sayChecked } from "./said-once.ts";
import { HOME } from "./session.tsx";
import { withTheme } from "./theme.ts";
import { Checked, Checking, CheckRefused } from "./views/check-now.tsx";

export const CHECK_PATH = "/dashboard/check";

const KEY = /^[A-Za-z0-9_-]{1,64}$/;

export function checkNow(app: Hono<AppEnv>): (context: Context<AppEnv>) => Promise<Response> {
  return async (context) => {
    const { req, env } = context;
    requireAddressed(req.raw, env);
    requireOwnOrigin(req.raw);
    const id = new URLSearchParams(await readText(req.raw)).get("service") ?? "";
    if (!KEY.test(id)) throw invalidParameters([{ field: "service", message: "expected the key of a service" }]);
    const ask = ownApi(app, context);
    const found = await ask(`/services/${id}`);
    if (!found.ok) return showRefusal(found, context, { next: HOME });
    const service = (await found.json()) as ServiceDocument; // as its endpoint declares it
    const page = framed(<Checking service={service} limit={longestWait(env.cluster().services)} />, {
      heading: `Checking ${shorten(service.name)}`,
      group: "unknown",
      cluster: env.cluster(),
      isSignedIn: cookieToken(req.raw.headers) !== "",
    });
    // as-page.tsx leaves it alone, since it is not there as a whole.
    return htmlInTwo(
      withTheme(await documentOf(page), req.raw.headers),
      showOutcome(ask("/cluster_health?fresh=true"), service),
      { "set-cookie": await sayChecked(id, env) },
    );
  };
}

/** All are looked at that have not been for a while; the slowest decides. */
function longestWait(services: readonly { readonly timeoutMs: number }[]): string {
  return formatDuration(Math.max(0, ...services.map(({ timeoutMs }) => timeoutMs)));
}

async function showOutcome(asked: Promise<Response>, { service: id }: ServiceDocument): Promise<Markup> {
  const fault = await findFault(asked);
  return fault === null ? <Checked id={id} /> : <CheckRefused detail={fault} />;
}

/** Never rejects; null: it was checked. */
async function findFault(asked: Promise<Response>): Promise<string | null> {
  try {
    const answer = await asked;
    if (answer.ok) return null;
    const { detail } = (await answer.json()) as { readonly detail: string }; // RFC 9457
    return detail;
  } catch {
    return "The check could not be made. The log of the service has the details.";
  }
}
