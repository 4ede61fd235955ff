/**
 * POST /drill: a marked message to every channel, the whole way that an alert would go: commit, outbox, delivery, receipt.
 * GET /drill: what has become of the last one. Invariant: it touches no alert, and everybody can see that nothing is wrong.
 */
import * as z from "zod/mini";
import { buildDrill } from "../../shared/domain/alerting/drill.ts";
import { formatOptional, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { DrillReport } from "../../shared/ports/outbox.ts";
import { byChannel } from "../../shared/usecases/delivery/drills.ts";
import { defineEndpoint, type ValueOf } from "../http/endpoint.ts";
import { applyCommand } from "../wire/commands.ts";
import { named, nullableTimestamp, timestamp, wordSchema } from "../wire/schemas.ts";

const drill = named(
  "Drill",
  z.object({
    started_at: timestamp,
    state: wordSchema("DrillState", {
      running: "Not every receiver has answered.",
      passed: "Every receiver has taken it.",
      failed: "A receiver will never take it.",
    }),
    channels: z.array(
      z.object({
        name: z.string(),
        state: z.enum(["pending", "sent", "failed"]),
        ended_at: nullableTimestamp,
        failure: z.nullable(z.string()),
      }),
    ),
  }),
);

export const startDrillEndpoint = defineEndpoint({
  path: "/drill",
  name: "startDrill",
  method: "POST",
  summary: "Sends a marked message to every channel, the whole way that an alert would go.",
  effect: "write",
  scope: "admin",
  created: true,
  response: drill,
  refusals: { conflict: "No channel is configured.", unavailable: "The drill was not found again." },
  async handle(request, context) {
    const { actor, refuse } = request;
    const { alerting, node } = context.cluster();
    const channels = alerting.channels.map(({ name }) => name);
    if (channels.length === 0) throw refuse("conflict");
    await applyCommand(context, buildDrill({ nowMs: context.clock.nowMs(), node, channels, actor }), request);
    const report = await context.outbox.lastDrill();
    if (!report) throw refuse("unavailable");
    return drillJson(report);
  },
});

export const drillEndpoint = defineEndpoint({
  path: "/drill",
  name: "drill",
  summary: "What has become of the last drill.",
  effect: "read",
  response: z.object({ drill: z.nullable(drill) }),
  async handle(_request, { outbox }) {
    const report = await outbox.lastDrill();
    return { drill: report && drillJson(report) };
  },
});

function drillJson(report: DrillReport): ValueOf<typeof drill> {
  const { atMs, messages } = byChannel(report);
  const states = new Set(messages.map(({ state }) => state));
  return {
    started_at: formatTimestamp(atMs),
    state: states.has("failed") ? "failed" : states.has("pending") ? "running" : "passed",
    channels: messages.map(({ channel: name, state, endedAtMs, failure }) => {
      return { name, state, ended_at: formatOptional(endedAtMs), failure };
    }),
  };
}
