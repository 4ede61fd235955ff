/**
 * POST /drill: a marked message to every channel, the whole way that an alert would go: commit, outbox, delivery, receipt.
 * GET /drill: what has become of the last one. Invariant: it touches no alert, and everybody can see that nothing is wrong.
 */
import * as z from "zod/mini";
import { AppError } from "../../shared/domain/app-error.ts";
import { drillOf } from "../../shared/domain/alerting/drill.ts";
import type { DrillReport } from "../../shared/ports/outbox.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { timestampOf } from "../wire/alert-json.ts";
import { timestamp } from "../wire/response-schemas.ts";
import { commandedBy } from "../wire/commands.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { jsonResponse } from "../http/headers.ts";

const drill = z.object({
  started_at: timestamp,
  /** `passed`: every receiver has taken it; `failed`: one will never. */
  state: z.enum(["running", "passed", "failed"]),
  channels: z.array(
    z.object({
      name: z.string(),
      state: z.enum(["pending", "sent", "failed"]),
      ended_at: z.nullable(timestamp),
      failure: z.nullable(z.string()),
    }),
  ),
});

export const startDrillEndpoint = defineEndpoint({
  path: "/drill",
  name: "startDrill",
  method: "POST",
  scope: "admin",
  summary: "Sends a marked message to every channel, the whole way that an alert would go.",
  parameters: {},
  created: true,
  response: drill,
  otherResponses: { 409: "No channel is configured." },
  async handle({ actor }, { host, outbox }) {
    const { alerting, node } = host.cluster();
    const names = alerting.channels.map(({ name }) => name);
    if (names.length === 0) throw new AppError("conflict", "No channel is configured.");
    await commandedBy(host, drillOf({ nowMs: host.clock.nowMs(), node, channels: names, actor: actor ?? "" }), {});
    const report = await outbox.lastDrill();
    if (!report) throw new AppError("unavailable", "The drill was not found again.");
    return jsonResponse(drillJson(report), { status: 201 });
  },
});

export const drillEndpoint = defineEndpoint({
  path: "/drill",
  name: "drill",
  summary: "What has become of the last drill.",
  parameters: {},
  response: z.object({ drill: z.nullable(drill) }),
  async handle(_request, { outbox }) {
    const report = await outbox.lastDrill();
    return jsonResponse({ drill: report && drillJson(report) });
  },
});

function drillJson({ atMs, messages }: DrillReport): z.input<typeof drill> {
  const states = new Set(messages.map(({ state }) => state));
  return {
    started_at: formatTimestamp(atMs),
    state: states.has("failed") ? "failed" : states.has("pending") ? "running" : "passed",
    channels: messages.map(({ channel: name, state, endedAtMs, failure }) => {
      return { name, state, ended_at: timestampOf(endedAtMs), failure };
    }),
  };
}
