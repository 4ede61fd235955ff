/** The page of one service at its address. Mounted by pages.tsx. Invariant: the guard comes first. */
import type { Context, Hono } from "hono";
import type { Child } from "hono/jsx";
import { parseTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { AppEnv } from "../http/app-env.ts";
import { admit, READING } from "../http/guard.ts";
import { invalidParameters } from "../http/input.ts";
import { cookieToken } from "../http/shown-token.ts";
import { readBanners, unreadableBanner, type Banner } from "./banners.ts";
import { readCurrency } from "./read-currency.ts";
import { framed, html } from "./html.tsx";
import { shorten } from "./shorten.ts";
import { ownApi } from "./own-api.ts";
import { RANGE_NAMES, readRange, type RangeName } from "./ranges.ts";
import { readPresent } from "./read-present.ts";
import { readService, type PresentService } from "./read-service.ts";
import { readSaidOf } from "./said-once.ts";
import { showRefusal } from "./refusal.tsx";
import { groupOf, wordOf } from "./status-words.ts";
import { PresentView } from "./views/present.tsx";
import { ServiceView } from "./views/service.tsx";

export function serveService(app: Hono<AppEnv>): (context: Context<AppEnv>) => Promise<Response> {
  return async (context) => {
    const { req, env } = context;
    await admit(req.raw, READING, env);
    const range = readRange(req.query("range"));
    if (!range) throw invalidParameters([{ field: "range", message: `expected one of ${RANGE_NAMES.join(", ")}` }]);
    const nowMs = env.clock.nowMs();
    const id = req.param("id") ?? "";
    const found = await readService(ownApi(app, context), { id, range, nowMs });
    if (!(found instanceof Response))
      return show(context, {
        service: found.service,
        range,
        nowMs,
        view: (facts) => <ServiceView model={found} {...facts} />,
      });
    // What is not known of the past keeps nobody from the present.
    const service = found.status >= 500 ? await readPresent(env, id, nowMs) : null;
    if (service === null) return showRefusal(found, context);
    // Why the API could not read it is in the log.
    const unreadable = unreadableBanner(null, env);
    const view = ({ banners, ...facts }: Facts) => (
      <PresentView service={service} banners={[unreadable, ...banners]} {...facts} />
    );
    return show(context, { service, range, nowMs, view });
  };
}

interface Facts {
  readonly nowMs: number;
  readonly done: string | null;
  readonly banners: readonly Banner[];
}

interface Shown {
  readonly service: PresentService;
  readonly range: RangeName;
  readonly nowMs: number;
  view(facts: Facts): Child;
}

async function show({ req, env }: Context<AppEnv>, { service, range, nowMs, view }: Shown): Promise<Response> {
  const { service: serviceId, name, status, configured, checked_at: checkedAt } = service;
  const checkedAtMs = checkedAt === null ? null : parseTimestamp(checkedAt);
  const said = await readSaidOf({ serviceId, checkedAtMs }, req.raw.headers, env);
  const framing = {
    heading: `${configured ? wordOf(status) : "Removed"}: ${shorten(name)}`,
    group: groupOf(status),
    cluster: env.cluster(),
    reloads: `${req.path}?range=${range}`,
    isSignedIn: cookieToken(req.raw.headers) !== "",
    currency: await readCurrency(env, nowMs),
  };
  const page = view({ nowMs, done: said.sentence, banners: await readBanners(env) });
  return html(framed(page, framing), said);
}
