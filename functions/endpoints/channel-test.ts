/**
 * POST /channels/{name}/test: one test message to one channel, at once, past the outbox.
 * The answer says what the receiver said. Invariant: it touches no alert and does not count as a delivery.
 */
import * as z from "zod/mini";
import type { Notification } from "../../shared/domain/alerting/notification.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { key } from "../http/parameters.ts";
import { applyCommand } from "../wire/commands.ts";

const TIMEOUT_MS = 10_000;

export const testChannelEndpoint = defineEndpoint({
  path: "/channels/{name}/test",
  name: "testChannel",
  method: "POST",
  summary: "Sends a test message to one channel and tells what became of it.",
  effect: "write",
  scope: "admin",
  pathParameters: { name: key("Name of a configured channel.") },
  response: z.object({
    channel: z.string(),
    outcome: z.enum(["accepted", "deferred", "refused"]),
    reason: z.nullable(z.string()),
    message: z.nullable(z.string()),
  }),
  refusals: { not_found: "There is no channel with this name." },
  async handle(request, context) {
    const { path, actor, refuse } = request;
    const { alerting, node } = context.cluster();
    const channel = alerting.channels.find(({ name }) => name === path.name);
    if (!channel) throw refuse("not_found");
    const { clock, http, log } = context;
    const message = testMessage(node, clock.nowMs());
    const said = {
      reason: null,
      message: null,
      ...(await channel.deliver(message, { timeoutMs: TIMEOUT_MS, clock, http, log })),
    };
    const { kind: outcome, reason } = said;
    const entry = {
      atMs: clock.nowMs(),
      actor,
      action: "channel.tested",
      target: path.name,
      detail: { outcome, reason },
    } as const;
    await applyCommand(context, { kind: "record", entry }, request);
    return { channel: path.name, outcome, reason, message: said.message };
  },
});

function testMessage(node: string, nowMs: number): Notification {
  const id = `test-${crypto.randomUUID()}`;
  return { id, type: "channel.test", atMs: nowMs, node, severity: "info", alerts: [], isLate: false };
}
