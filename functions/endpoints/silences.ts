/**
 * GET and POST /silences, DELETE /silences/{id}: times in which certain alerts tell nobody.
 * Kept with alerting itself, changed within a sweep's commit.
 * Invariant: every silence ends; a silence that ended stays on the list for a week, so that people can see why they heard nothing.
 */
import * as z from "zod/mini";
import { SEVERITIES } from "../../shared/domain/alerting/alert.ts";
import { rangeFaults } from "../../shared/domain/alerting/quiet-draft.ts";
import type { Silence } from "../../shared/domain/alerting/silence.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { MonitorContext } from "../context.ts";
import { defineEndpoint, type ValueOf } from "../http/endpoint.ts";
import { id } from "../http/parameters.ts";
import {
  applyCommand,
  comment,
  COVERAGE,
  covers,
  COVERS_NOTHING,
  listCovered,
  readAlerting,
  requireCovered,
  requireFaultless,
} from "../wire/commands.ts";
import { instantMs, named, noted, severity, timestamp } from "../wire/schemas.ts";

const severities = noted("Default: all, as when it is empty.", z.array(severity).check(z.maxLength(SEVERITIES.length)));

const untilHealthy = noted(
  "Whether it ends by itself as soon as nothing that it covers has an open alert; by ends_at at the latest.",
  z.boolean(),
);

const silence = named(
  "Silence",
  z.object({
    id: z.string(),
    services: z.array(z.string()),
    covers,
    severities: z.array(severity),
    starts_at: timestamp,
    ends_at: timestamp,
    active: z.boolean(),
    author: z.string(),
    comment: z.string(),
    until_healthy: untilHealthy,
  }),
);

export const silencesEndpoint = defineEndpoint({
  path: "/silences",
  name: "silences",
  summary: "Times in which certain alerts tell nobody: those that hold, will hold, or ended within a week.",
  effect: "read",
  response: z.object({ silences: z.array(silence) }),
  async handle(_request, context) {
    const { silences } = await readAlerting(context);
    return { silences: silences.map((each) => silenceJson(each, context)) };
  },
});

export const createSilenceEndpoint = defineEndpoint({
  path: "/silences",
  name: "createSilence",
  method: "POST",
  summary: "Silences alerts by service (globs) and severity until ends_at, 30 days at most.",
  effect: "write",
  scope: "alerts:write",
  created: true,
  body: z.strictObject({
    ...COVERAGE,
    severities: z._default(severities, []),
    starts_at: noted("Default: now.", z.optional(instantMs)),
    ends_at: instantMs,
    until_healthy: z._default(untilHealthy, false),
    comment,
  }),
  response: silence,
  refusals: { conflict: "There are 100 silences already; end one first.", ...COVERS_NOTHING },
  async handle(request, context) {
    const { body, actor: author } = request;
    const nowMs = context.clock.nowMs();
    const created: Silence = {
      id: crypto.randomUUID(),
      matcher: { services: body.services, severities: body.severities },
      startsAtMs: body.starts_at ?? nowMs,
      endsAtMs: body.ends_at,
      createdAtMs: nowMs,
      author,
      comment: body.comment,
      ...(body.until_healthy && { untilHealthy: true }),
    };
    requireFaultless(rangeFaults(created, nowMs));
    requireCovered(body, context);
    await applyCommand(context, { kind: "silence", silence: created }, request);
    return silenceJson(created, context);
  },
});

export const endSilenceEndpoint = defineEndpoint({
  path: "/silences/{id}",
  name: "endSilence",
  method: "DELETE",
  summary: "Ends a silence now; it stays on the list for a week.",
  effect: "write",
  scope: "alerts:write",
  pathParameters: { id: id("Id of a silence.") },
  response: z.object({ id: z.string(), ended: z.literal(true) }),
  refusals: { not_found: "There is no silence with this id, or it has ended already." },
  async handle(request, context) {
    const { path, actor: by } = request;
    await applyCommand(context, { kind: "endSilence", id: path.id, by }, request);
    return { id: path.id, ended: true };
  },
});

function silenceJson(each: Silence, context: MonitorContext): ValueOf<typeof silence> {
  const { matcher, startsAtMs, endsAtMs, author } = each;
  const nowMs = context.clock.nowMs();
  return {
    id: each.id,
    services: matcher.services,
    covers: listCovered(matcher.services, context),
    severities: matcher.severities,
    starts_at: formatTimestamp(startsAtMs),
    ends_at: formatTimestamp(endsAtMs),
    active: startsAtMs <= nowMs && nowMs < endsAtMs,
    author,
    comment: each.comment,
    until_healthy: each.untilHealthy ?? false,
  };
}
