/**
 * Does what somebody has asked for by a form of a page: as a request to the API, in the name of who has signed in.
 * Mounted by pages.tsx. Invariants: loading the page again does nothing again; it leads to a page of ours only.
 */
import type { Context, Hono } from "hono";
import type { FieldFault } from "../../shared/domain/report-fault.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";
import type { AppEnv } from "../http/app-env.ts";
import { SECURITY_HEADERS, toResponse } from "../http/bytes.ts";
import { requireAddressed, requireOwnOrigin } from "../http/guard.ts";
import { readText } from "../http/input.ts";
import type { Action, Situation } from "./actions/action.ts";
import { placeFaults, type Form } from "./forms/form.ts";
import { framed, html } from "./html.tsx";
import { ownApi } from "./own-api.ts";
import { headersOfRefusal, showRefusal } from "./refusal.tsx";
import { sayOf } from "./said-once.ts";
import { HOME, ownPage, showSignIn } from "./session.tsx";
import { FormView } from "./views/form.tsx";

interface Named {
  readonly name: string;
  readonly action: Action;
}

/** For what it says, so that it can be said better: bad input, too many, covers nothing. */
const TO_BE_CORRECTED: ReadonlySet<number> = new Set([400, 409, 422]);

/** What it is about is not there, or covers nothing any more. */
const GONE: ReadonlySet<number> = new Set([404, 422]);

export function perform(app: Hono<AppEnv>, { name, action }: Named): (context: Context<AppEnv>) => Promise<Response> {
  return async (context) => {
    const { req, env } = context;
    requireAddressed(req.raw, env);
    requireOwnOrigin(req.raw);
    const sent = new URLSearchParams(await readText(req.raw));
    const [back = HOME] = ownPage(sent.get("back")).split("?");
    const situation = situationOf(env);
    const { path, ...change } = action.ask(sent, situation);
    const asked = ownApi(app, context)(path, change);
    const answer = action.begun === undefined ? await asked : await withinPatience(asked, env);
    if (answer === null) return leadBack(back, await sayOf("begun", name, env));
    if (answer.ok) return leadBack(back, await sayOf("done", name, env));
    if (answer.status === 401)
      return showSignIn(
        { next: back, hasFailed: false, isToAct: true },
        { status: 401, headers: headersOfRefusal(answer) },
      );
    const form = TO_BE_CORRECTED.has(answer.status) ? action.form?.(sent, situation) : undefined;
    if (!form && action.gone !== undefined && GONE.has(answer.status))
      return leadBack(back, await sayOf("gone", name, env));
    return form
      ? showAgain(form, answer, { back, cluster: env.cluster() })
      : showRefusal(answer, context, { next: back, back });
  };
}

/** So long a person waits without being told anything. */
const PATIENCE_MS = 1_000;

/** Null: it goes on by itself. An answer of ours never fails. */
async function withinPatience(asked: Promise<Response>, { clock, goOn }: AppEnv["Bindings"]): Promise<Response | null> {
  const answer = await Promise.race([asked, clock.sleep(PATIENCE_MS).then(() => null)]);
  if (answer === null) goOn(asked);
  return answer;
}

export function situationOf({ clock, config, cluster }: AppEnv["Bindings"]): Situation {
  const { timezone: zone, public: shown } = config();
  return { nowMs: clock.nowMs(), zone, services: cluster().services, hasPublicPage: shown !== null };
}

function leadBack(location: string, said: string): Response {
  const headers = { ...SECURITY_HEADERS, location, "set-cookie": said, "cache-control": "no-store" };
  return toResponse({ status: 303, headers, body: null });
}

interface Told {
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly FieldFault[];
}

interface Shown {
  readonly back: string;
  readonly cluster: Cluster;
}

/** With what was typed, and each fault at its field. */
async function showAgain(form: Form, answer: Response, { back, cluster }: Shown): Promise<Response> {
  const { title, detail, errors = [] } = (await answer.json()) as Told; // RFC 9457
  const faults =
    errors.length > 0 ? placeFaults(form, errors) : { ofField: new Map<string, string>(), others: [detail] };
  const page = <FormView form={form} faults={faults} back={back} />;
  // Whoever may not do it has been refused already.
  return html(framed(page, { heading: title, group: "unknown", cluster, isSignedIn: true }), {
    status: answer.status,
    headers: headersOfRefusal(answer),
  });
}
