/**
 * POST /channels/{name}/test: one test message to one channel, at once, past the outbox.
 * The answer says what the receiver said. Invariant: it touches no alert and does not count as a delivery.
 */
import * as z from "zod/mini";
import { AppError } from "../../shared/domain/app-error.ts";
import type { Notification } from "../../shared/domain/alerting/notification.ts";
import { commandedBy } from "../wire/commands.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { jsonResponse } from "../http/headers.ts";

const TIMEOUT_MS = 10_000;

export const testChannelEndpoint = defineEndpoint({
  path: "/channels/{name}/test",
  name: "testChannel",
  method: "POST",
  scope: "admin",
  summary: "Sends a test message to one channel and tells what became of it.",
  parameters: {},
  response: z.object({
    channel: z.string(),
    outcome: z.enum(["accepted", "deferred", "refused"]),
    reason: z.nullable(z.string()),
    message: z.nullable(z.string()),
  }),
  otherResponses: { 404: "No such channel." },
  async handle({ target: name, actor }, { host }) {
    const { alerting, node } = host.cluster();
    const channel = alerting.channels.find((each) => each.name === name);
    if (!channel) throw new AppError("not_found", "There is no channel with this name.");
    const { clock, http, log } = host;
    const outcome = await channel.deliver(testOf(node, clock.nowMs()), { timeoutMs: TIMEOUT_MS, clock, http, log });
    const reason = outcome.kind === "accepted" ? null : outcome.reason;
    const message = outcome.kind === "accepted" ? null : outcome.message;
    const detail = { outcome: outcome.kind, reason };
    const entry = { atMs: clock.nowMs(), actor: actor ?? "", action: "channel.tested", target: name, detail } as const;
    await commandedBy(host, { kind: "record", entry }, {});
    return jsonResponse({ channel: name, outcome: outcome.kind, reason, message });
  },
});

function testOf(node: string, nowMs: number): Notification {
  const id = `test-${crypto.randomUUID()}`;
  return { id, type: "channel.test", atMs: nowMs, node, severity: "info", alerts: [], isLate: false };
}
