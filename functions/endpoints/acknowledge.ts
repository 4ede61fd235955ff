/**
 * POST /alerts/{id}/acknowledge: somebody looks after it. Escalation and reminders stop for an hour, or until it is over.
 * Done within a sweep's commit. Invariant: doing it again only begins the hour anew.
 */
import * as z from "zod/mini";
import { defineEndpoint } from "../http/endpoint.ts";
import { id } from "../http/parameters.ts";
import { applyCommand, comment } from "../wire/commands.ts";

export const acknowledgeEndpoint = defineEndpoint({
  path: "/alerts/{id}/acknowledge",
  name: "acknowledgeAlert",
  method: "POST",
  summary: "Stops escalation and reminders of a firing alert for an hour, or until it is over.",
  effect: "write",
  scope: "alerts:write",
  pathParameters: { id: id("Id of an open alert.") },
  body: z.strictObject({ comment: z.optional(comment) }),
  response: z.object({ id: z.string(), state: z.literal("acknowledged"), acknowledged_by: z.string() }),
  refusals: {
    not_found: "There is no open alert with this id.",
    conflict: "The alert is not firing yet; there is nothing to stop.",
  },
  async handle(request, context) {
    const { path, actor, body } = request;
    const command = { kind: "acknowledge", alertId: path.id, by: actor, comment: body.comment ?? null } as const;
    await applyCommand(context, command, request);
    return { id: path.id, state: "acknowledged", acknowledged_by: actor };
  },
});
