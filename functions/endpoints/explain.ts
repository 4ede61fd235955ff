/**
 * GET /explain/{service}: why a service is what it is, why people were told of it or not, what stands behind it and what hangs on it.
 * Gathers what is stored and lets shared/domain/explain make sentences of it. Invariant: no sentence without evidence.
 */
import * as z from "zod/mini";
import { certificateSubject, type AlertingState } from "../../shared/domain/alerting/alerting-state.ts";
import { channelOf } from "../../shared/domain/alerting/recipient.ts";
import { isRemediation } from "../../shared/domain/alerting/remediation.ts";
import type { Evidence, NamedStatus, SentMessage } from "../../shared/domain/explain/evidence.ts";
import { gatherEvidence, PAST_MS } from "../../shared/domain/explain/gather.ts";
import { findRootCause, ROOT_CAUSES } from "../../shared/domain/explain/root-cause.ts";
import { explain } from "../../shared/domain/explain/sentences.ts";
import { isDown } from "../../shared/domain/monitoring/check.ts";
import type { Service } from "../../shared/domain/monitoring/service.ts";
import { formatOptional, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import { readOutageTransitions } from "../../shared/storage/transition-log.ts";
import type { MonitorContext } from "../context.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { key } from "../http/parameters.ts";
import { REFUSALS } from "../http/problem.ts";
import { readDue } from "../wire/read-due.ts";
import { checkStatus, named, noted, nullableTimestamp, timestamp, wordSchema } from "../wire/schemas.ts";

const keys = (meaning: string) => noted(meaning, z.array(z.string()));

const rootCause = named(
  "RootCause",
  z.object({
    kind: wordSchema("RootCauseKind", ROOT_CAUSES),
    service: noted("The service that stands behind it; null for the machine and the monitor.", z.nullable(z.string())),
  }),
);

const running = noted(
  "What of its text depends on when it was asked for, in the order in which it stands there.",
  z.array(
    named(
      "Running",
      z.object({
        kind: noted("How it counts: for how long, how long ago, in how long.", z.enum(["for", "ago", "in"])),
        at: noted("Since when, or until when.", timestamp),
        text: noted("As it stands in the text.", z.string()),
      }),
    ),
  ),
);

export const explainEndpoint = defineEndpoint({
  path: "/explain/{service}",
  name: "explain",
  summary: "Why a service is what it is, and why people are told or not: sentences, each with its evidence.",
  effect: "read",
  pathParameters: { service: key("Key of a configured service.") },
  response: z.object({
    service: z.string(),
    name: z.string(),
    status: checkStatus,
    since: nullableTimestamp,
    root_cause: noted(
      "What most likely stands behind it; null when nothing is known to, or it is not down (a balancer: not even partly).",
      z.nullable(rootCause),
    ),
    blast_radius: z.object({
      dependents: keys("What needs it, directly or not."),
      down: keys("Those of them that are down."),
      same_machine: keys("What shares its machine, when one of these is down as well."),
    }),
    sentences: z.array(z.object({ evidence: noted("What it is made of.", z.string()), text: z.string(), running })),
  }),
  refusals: { not_found: REFUSALS.not_found, unavailable: REFUSALS.unavailable },
  async handle({ path: { service: id }, refuse }, context) {
    const service = context.cluster().servicesById.get(id);
    if (!service) throw refuse("not_found");
    const snapshot = await context.snapshots.read();
    if (!snapshot) throw refuse("unavailable");
    const nowMs = context.clock.nowMs();
    const evidence = await gather(context, { service, snapshot, nowMs });
    const dependents = evidence.dependents ?? [];
    return {
      service: id,
      name: service.name,
      status: evidence.since?.status ?? "unknown",
      since: formatOptional(evidence.since?.atMs ?? evidence.stale?.endedAtMs ?? null),
      root_cause: findRootCause(evidence, context.cluster().servicesById),
      blast_radius: {
        dependents: keysOf(dependents),
        down: keysOf(dependents.filter(({ status }) => isDown(status))),
        same_machine: keysOf(evidence.machine ?? []),
      },
      sentences: explain(evidence, nowMs).map(({ running: counted, ...sentence }) => ({
        ...sentence,
        running: counted.map(({ atMs, ...each }) => ({ ...each, at: formatTimestamp(atMs) })),
      })),
    };
  },
});

interface Asked {
  readonly service: Service;
  readonly snapshot: Snapshot;
  readonly nowMs: number;
}

async function gather(context: MonitorContext, { service, snapshot, nowMs }: Asked): Promise<Evidence> {
  const {
    servicesById: services,
    alerting: { policies },
  } = context.cluster();
  const { id } = service;
  const transitions = await readOutageTransitions(context, {
    serviceIds: [id],
    sinceMs: nowMs - PAST_MS,
    untilMs: nowMs,
  });
  const messages = await listMessages(context, snapshot.alerting, id);
  const own = { transitions: transitions.get(id) ?? [], messages, dueAtMs: readDue(snapshot.body, id) };
  return gatherEvidence({ ...snapshot, ...own, service, services, policies, nowMs });
}

function keysOf(services: readonly NamedStatus[]): string[] {
  return services.map(({ service }) => service);
}

/** More would be read by nobody. */
const MOST_MESSAGES = 20;

/** The newest about its alerts, newest first. Recipients of a channel stand for it, and what is done by itself is no message. */
async function listMessages(
  { outbox }: MonitorContext,
  { subjects }: AlertingState,
  id: string,
): Promise<SentMessage[]> {
  const alertIds = [id, certificateSubject(id)].flatMap((subject) => subjects.get(subject)?.alert?.id ?? []);
  if (alertIds.length === 0) return [];
  const related = await outbox.listRelated({ alertIds });
  return related
    .filter(({ channel }) => !isRemediation(channel))
    .slice(-MOST_MESSAGES)
    .map(({ channel, state, atMs, failure }) => ({ channel: channelOf(channel), state, atMs, failure }))
    .reverse();
}
