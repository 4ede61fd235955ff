/** The view Setup at its address. Mounted by pages.tsx. Invariant: the guard comes first. */
import type { Context, Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { admit, READING } from "../http/guard.ts";
import { readBanners } from "./banners.ts";
import { readCurrency } from "./read-currency.ts";
import { framed, html } from "./html.tsx";
import { ownApi } from "./own-api.ts";
import { showRefusal } from "./refusal.tsx";
import { readSetup } from "./read-setup.ts";
import { readSaid } from "./said-once.ts";
import { readerOf } from "./session.tsx";
import { channelRows, drillModel, isUnderWay } from "./setup-model.ts";
import { Setup, SETUP_PATH } from "./views/setup.tsx";

/** Somebody waits for what is under way. */
const REFRESH_S = 2;

export function serveSetup(app: Hono<AppEnv>): (context: Context<AppEnv>) => Promise<Response> {
  return async (context) => {
    const { req, env } = context;
    await admit(req.raw, READING, env);
    const [reader, banners] = await Promise.all([readerOf(context), readBanners(env)]);
    const answers = await readSetup(ownApi(app, context), reader.mayAdminister);
    if (answers instanceof Response) return showRefusal(answers, context, { back: SETUP_PATH });
    const nowMs = env.clock.nowMs();
    const currency = await readCurrency(env, nowMs);
    const rows = answers.channels && channelRows(answers.channels, nowMs);
    const drill = answers.drill && drillModel(answers.drill, nowMs);
    const said = await readSaid(req.raw.headers, env);
    const cluster = env.cluster();
    const facts = {
      answers,
      rows,
      drill,
      reader,
      nowMs,
      done: said.sentence,
      banners,
      isDemo: cluster.notice !== null,
      // Where no process lasts nothing can be told to load it.
      reloads: env.startedAtMs !== null,
    };
    const view = <Setup {...facts} />;
    const followsAfterS = isUnderWay(rows ?? [], drill, nowMs) ? REFRESH_S : null;
    const { isSignedIn } = reader;
    const framing = { heading: "Setup", group: "unknown", cluster, view: SETUP_PATH } as const;
    return html(framed(view, { ...framing, follows: SETUP_PATH, followsAfterS, isSignedIn, currency }), said);
  };
}
