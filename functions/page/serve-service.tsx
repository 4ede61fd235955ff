/** The page of one service at its address. Mounted by pages.tsx. Invariant: the guard comes first. */
import type { Context, Hono } from "hono";
import { parseTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { AppEnv } from "../http/app-env.ts";
import { admit, READING } from "../http/guard.ts";
import { invalidParameters } from "../http/input.ts";
import { cookieToken } from "../http/shown-token.ts";
import { readBanners } from "./banners.ts";
import { readCurrency } from "./read-currency.ts";
import { framed, html } from "./html.tsx";
import { shorten } from "./shorten.ts";
import { ownApi } from "./own-api.ts";
import { RANGE_NAMES, readRange } from "./ranges.ts";
import { readService } from "./read-service.ts";
import { readSaidOf } from "./said-once.ts";
import { showRefusal } from "./refusal.tsx";
import { groupOf, wordOf } from "./status-words.ts";
import { ServiceView } from "./views/service.tsx";

export function serveService(app: Hono<AppEnv>): (context: Context<AppEnv>) => Promise<Response> {
  return async (context) => {
    const { req, env } = context;
    await admit(req.raw, READING, env);
    const range = readRange(req.query("range"));
    if (!range) throw invalidParameters([{ field: "range", message: `expected one of ${RANGE_NAMES.join(", ")}` }]);
    const nowMs = env.clock.nowMs();
    const found = await readService(ownApi(app, context), { id: req.param("id") ?? "", range, nowMs });
    if (found instanceof Response) return showRefusal(found, context);
    const { service: serviceId, name, status, configured, checked_at: checkedAt } = found.service;
    const checkedAtMs = checkedAt === null ? null : parseTimestamp(checkedAt);
    const said = readSaidOf({ serviceId, checkedAtMs }, req.raw.headers);
    const banners = await readBanners(env);
    const view = <ServiceView model={found} nowMs={nowMs} done={said.sentence} banners={banners} />;
    const framing = {
      heading: `${configured ? wordOf(status) : "Removed"}: ${shorten(name)}`,
      group: groupOf(status),
      cluster: env.cluster(),
      reloads: `${req.path}?range=${range}`,
      isSignedIn: cookieToken(req.raw.headers) !== "",
      currency: await readCurrency(env, nowMs),
    };
    return html(framed(view, framing), said);
  };
}
