/** The view Alerts at its address. Mounted by pages.tsx. Invariant: the guard comes first. */
import type { Context, Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { admit, READING } from "../http/guard.ts";
import { readBanners } from "./banners.ts";
import { readCurrency } from "./read-currency.ts";
import { framed, html } from "./html.tsx";
import { ownApi } from "./own-api.ts";
import { situationOf } from "./perform.tsx";
import { filterQuery, readAlerts, readFilter, reportQuery, type AlertFilter } from "./read-alerts.ts";
import { readOverall } from "./read-overall.ts";
import { readSaid } from "./said-once.ts";
import { showRefusal } from "./refusal.tsx";
import { readerOf } from "./session.tsx";
import { Alerts, ALERTS_PATH } from "./views/alerts.tsx";

export function serveAlerts(app: Hono<AppEnv>): (context: Context<AppEnv>) => Promise<Response> {
  return async (context) => {
    const { req, env } = context;
    await admit(req.raw, READING, env);
    const situation = situationOf(env);
    const query = new URL(req.url).searchParams;
    const filter = readFilter(query);
    const asked = { filter, before: query.get("before") ?? "", zone: situation.zone };
    const [answers, reader, banners, currency, overall] = await Promise.all([
      readAlerts(ownApi(app, context), asked),
      readerOf(context),
      readBanners(env),
      readCurrency(env, situation.nowMs),
      readOverall(env, situation.nowMs),
    ]);
    if (answers instanceof Response) return showRefusal(answers, context, { back: ALERTS_PATH });
    const isKnown = answers.open !== null && overall !== "unknown";
    const csv = `/report?${reportQuery(filter, situation).toString()}`;
    const said = await readSaid(req.raw.headers, env);
    const view = (
      <Alerts
        answers={answers}
        isKnown={isKnown}
        filter={filter}
        csv={csv}
        reader={reader}
        situation={situation}
        done={said.sentence}
        banners={banners}
      />
    );
    const open = answers.open?.details.length ?? null;
    const heading = open === null ? "Alerts" : open === 1 ? "1 alert" : `${open} alerts`;
    const group = open !== null && open > 0 ? "down" : isKnown ? "healthy" : "unknown";
    const { isSignedIn } = reader;
    const framing = { heading, group, cluster: env.cluster(), view: ALERTS_PATH, isSignedIn } as const;
    return html(framed(view, { ...framing, follows: addressOf(asked), currency }), said);
  };
}

/** Of the page as it is, without what was said once. */
function addressOf({ filter, before }: { readonly filter: AlertFilter; readonly before: string }): string {
  const query = filterQuery(filter);
  if (before !== "") query.set("before", before);
  return query.size === 0 ? ALERTS_PATH : `${ALERTS_PATH}?${query.toString()}`;
}
