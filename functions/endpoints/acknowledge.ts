/**
 * POST /alerts/{id}/acknowledge: somebody looks after it. Escalation and reminders stop for an hour, or until it is over.
 * Done within a sweep's commit. Invariant: doing it again only begins the hour anew.
 */
import * as z from "zod/mini";
import { AppError } from "../../shared/domain/app-error.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { jsonResponse } from "../http/headers.ts";
import { commandedBy, comment } from "../wire/commands.ts";

export const acknowledgeEndpoint = defineEndpoint({
  path: "/alerts/{id}/acknowledge",
  name: "acknowledgeAlert",
  method: "POST",
  scope: "alerts:write",
  summary: "Stops escalation and reminders of a firing alert for an hour, or until it is over.",
  parameters: {},
  body: z.strictObject({ comment: z.optional(comment) }),
  response: z.object({ id: z.string(), state: z.literal("acknowledged"), acknowledged_by: z.string() }),
  otherResponses: { 404: "No such open alert.", 409: "The alert is not firing yet." },
  async handle({ target: id, actor, body }, { host }) {
    const by = actor ?? "";
    await commandedBy(
      host,
      { kind: "acknowledge", alertId: id, by, comment: body.comment ?? null },
      {
        not_found: new AppError("not_found", "There is no open alert with this id."),
        not_firing: new AppError("conflict", "The alert is not firing yet; there is nothing to stop."),
      },
    );
    return jsonResponse({ id, state: "acknowledged", acknowledged_by: by });
  },
});
