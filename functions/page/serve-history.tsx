/** The view History at its address. Mounted by pages.tsx. Invariant: the guard comes first. */
import type { Context, Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { admit, READING } from "../http/guard.ts";
import { readBanners } from "./banners.ts";
import { readCurrency } from "./read-currency.ts";
import { groupByDay } from "./history-model.ts";
import { RANGES, readRange } from "./history-range.ts";
import { framed, html } from "./html.tsx";
import { ownApi } from "./own-api.ts";
import { situationOf } from "./perform.tsx";
import { readHistory, type HistoryQuery, type Transitions } from "./read-history.ts";
import { readSaid } from "./said-once.ts";
import { showRefusal } from "./refusal.tsx";
import { readerOf } from "./session.tsx";
import { History, HISTORY_PATH } from "./views/history.tsx";

export function serveHistory(app: Hono<AppEnv>): (context: Context<AppEnv>) => Promise<Response> {
  return async (context) => {
    const { req, env } = context;
    await admit(req.raw, READING, env);
    const situation = situationOf(env);
    const asked = readQuery(new URL(req.url).searchParams, situation.nowMs);
    const [answers, reader, banners, currency] = await Promise.all([
      readHistory(ownApi(app, context), asked),
      readerOf(context),
      readBanners(env),
      readCurrency(env, situation.nowMs),
    ]);
    if (answers instanceof Response) return showRefusal(answers, context, { back: HISTORY_PATH });
    const { transitions, marks } = answers;
    const past = { transitions: transitions?.transitions ?? [], marks: marks?.marks ?? [] };
    const cluster = env.cluster();
    const said = await readSaid(req.raw.headers, env);
    const view = (
      <History
        answers={answers}
        days={groupByDay(past, cluster.servicesById, situation.zone)}
        range={asked.range}
        older={olderQuery(asked, transitions)}
        isFirstPage={asked.before === ""}
        reader={reader}
        situation={situation}
        done={said.sentence}
        banners={banners}
      />
    );
    const heading = `History of ${RANGES[asked.range.name].label}`;
    // What is further back changes no more.
    const kept =
      asked.before === "" ? { follows: `${HISTORY_PATH}?range=${asked.range.name}`, currency } : { follows: null };
    const framing = { heading, group: "unknown", cluster, view: HISTORY_PATH, isSignedIn: reader.isSignedIn } as const;
    return html(framed(view, { ...framing, ...kept }), said);
  };
}

/** The range of a further page is that of the first one, which its cursor is good for. */
function readQuery(query: URLSearchParams, nowMs: number): HistoryQuery {
  const range = readRange(query.get("range"), nowMs);
  const [before, since] = [query.get("before") ?? "", query.get("since")];
  const kept = before === "" || since === null ? range : { ...range, since };
  return { range: kept, before, upTo: query.get("up_to") ?? "" };
}

function olderQuery({ range }: HistoryQuery, transitions: Transitions | null): string | null {
  const last = transitions?.transitions.at(-1);
  if (!transitions?.next_cursor || !last) return null;
  const { name, since } = range;
  return new URLSearchParams({ range: name, since, before: transitions.next_cursor, up_to: last.at }).toString();
}
