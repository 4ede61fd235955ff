/**
 * GET and POST /silences, DELETE /silences/{id}: times in which certain alerts tell nobody.
 * Kept with alerting itself, changed within a sweep's commit.
 * Invariant: every silence ends; a silence that ended stays on the list for a week, so that people can see why they heard nothing.
 */
import * as z from "zod/mini";
import { SEVERITIES } from "../../shared/domain/alerting/alert.ts";
import { NO_ALERTING } from "../../shared/domain/alerting/alerting-state.ts";
import { AppError } from "../../shared/domain/app-error.ts";
import { silenceFaults, type Silence } from "../../shared/domain/alerting/silence.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { timestamp } from "../wire/response-schemas.ts";
import { bodyInstant, commandedBy, comment, requireFaultless, serviceGlobs } from "../wire/commands.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { jsonResponse } from "../http/headers.ts";

const silence = z.object({
  id: z.string(),
  services: z.array(z.string()),
  severities: z.array(z.enum(SEVERITIES)),
  starts_at: timestamp,
  ends_at: timestamp,
  active: z.boolean(),
  author: z.string(),
  comment: z.string(),
});

export const silencesEndpoint = defineEndpoint({
  path: "/silences",
  name: "silences",
  summary: "Times in which certain alerts tell nobody: those that hold, will hold, or ended within a week.",
  parameters: {},
  response: z.object({ silences: z.array(silence) }),
  async handle(_request, { host }) {
    const { silences } = (await host.snapshots.read())?.alerting ?? NO_ALERTING;
    const nowMs = host.clock.nowMs();
    return jsonResponse({ silences: silences.map((each) => silenceJson(each, nowMs)) });
  },
});

export const createSilenceEndpoint = defineEndpoint({
  path: "/silences",
  name: "createSilence",
  method: "POST",
  scope: "alerts:write",
  summary: "Silences alerts by service (globs) and severity until ends_at, 30 days at most.",
  parameters: {},
  created: true,
  body: z.strictObject({
    services: serviceGlobs,
    severities: z._default(z.array(z.enum(SEVERITIES)), []),
    starts_at: z.optional(bodyInstant),
    ends_at: bodyInstant,
    comment,
  }),
  response: silence,
  otherResponses: { 409: "There are 100 silences already." },
  async handle({ body, actor }, { host }) {
    const nowMs = host.clock.nowMs();
    const draft = {
      matcher: { services: body.services, severities: body.severities },
      startsAtMs: body.starts_at ?? nowMs,
      endsAtMs: body.ends_at,
      author: actor ?? "",
      comment: body.comment,
    };
    requireFaultless(silenceFaults(draft, nowMs));
    const created: Silence = { ...draft, id: crypto.randomUUID(), createdAtMs: nowMs };
    await commandedBy(
      host,
      { kind: "silence", silence: created },
      {
        too_many: new AppError("conflict", "There are 100 silences already; end one first."),
      },
    );
    return jsonResponse(silenceJson(created, nowMs), { status: 201 });
  },
});

export const endSilenceEndpoint = defineEndpoint({
  path: "/silences/{id}",
  name: "endSilence",
  method: "DELETE",
  scope: "alerts:write",
  summary: "Ends a silence now; it stays on the list for a week.",
  parameters: {},
  response: z.object({ id: z.string(), ended: z.literal(true) }),
  otherResponses: { 404: "No such silence." },
  async handle({ target: id, actor }, { host }) {
    await commandedBy(
      host,
      { kind: "endSilence", id, by: actor ?? "" },
      {
        not_found: new AppError("not_found", "There is no silence with this id."),
      },
    );
    return jsonResponse({ id, ended: true });
  },
});

function silenceJson({ id, matcher, startsAtMs, endsAtMs, author, comment: why }: Silence, nowMs: number) {
  return {
    id,
    services: [...matcher.services],
    severities: [...matcher.severities],
    starts_at: formatTimestamp(startsAtMs),
    ends_at: formatTimestamp(endsAtMs),
    active: startsAtMs <= nowMs && nowMs < endsAtMs,
    author,
    comment: why,
  } satisfies z.input<typeof silence>;
}
