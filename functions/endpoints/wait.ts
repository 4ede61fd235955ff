/**
 * GET /wait: answers the moment that a service or the cluster is healthy, or that somebody well can be called for a capability, so that
 * nobody has to ask again and again.
 * On Node the commit itself wakes it; at the edge it looks every few seconds. When the time is over it says so, with status 200: that
 * something is not healthy is no error. Invariants: a recovery between looking and waiting is not missed; a place is given back.
 */
import * as z from "zod/mini";
import { estimateRecovery } from "../../shared/domain/history/recovery-time.ts";
import { endpointsFor } from "../../shared/domain/routing/endpoint.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import type { MonitorContext } from "../context.ts";
import { defineEndpoint, type EndpointRequest, type ValueOf } from "../http/endpoint.ts";
import { invalidParameters } from "../http/input.ts";
import { capabilityName, key, wholeNumber } from "../http/parameters.ts";
import { CLUSTER, type Outlook, type Subject } from "../live/outlook.ts";
import {
  checkStatus,
  count,
  named,
  noted,
  nullableTimestamp,
  overallStatus,
  reason,
  seconds,
} from "../wire/schemas.ts";

const MOST_S = 300;
const DEFAULT_S = 30;

/** For who was told that the time is over; the second while the service is about to end. */
const AGAIN_S = 1;
const AFTER_RESTART_S = 5;

const estimate = named(
  "RecoveryEstimate",
  z.object({
    p50_s: noted("From now on: half of the earlier outages were over by then.", seconds),
    p90_s: noted("The same of nine in ten.", seconds),
    n: noted("How many earlier outages for this reason lasted longer than this one has yet.", count),
  }),
  "How much longer it may take, by earlier outages of the service for the same reason.",
);

const answered = z.object({
  met: z.boolean(),
  service: noted("Null: it was not asked for one.", z.nullable(z.string())),
  capability: noted("Null: it was not asked for one.", z.nullable(z.string())),
  status: noted(
    "Of the service, of the best endpoint of the capability, or of the cluster.",
    z.union([checkStatus, overallStatus]),
  ),
  reason: z.nullable(reason),
  message: z.nullable(z.string()),
  since: noted("When the present status began; null where nobody knows.", nullableTimestamp),
  waited_s: seconds,
  generation: noted("Of the commit that says so; 0 before the first one.", count),
  waiting_for: noted(
    "Keys of the services that are in the way; of a capability all of its endpoints, of which one is enough.",
    z.array(z.string()),
  ),
  eta: noted("Null without evidence, and while more than one service is in the way.", z.nullable(estimate)),
  retry_after_s: noted("When to ask again, if it was not met.", z.nullable(count)),
});

export const waitEndpoint = defineEndpoint({
  path: "/wait",
  name: "wait",
  summary:
    "Answers as soon as a service or the cluster is healthy, or somebody can be called for a capability; `met` is false when the time is over before.",
  effect: "read",
  query: {
    for: noted("What to wait for.", z._default(z.enum(["healthy"]), "healthy")),
    service: z.optional(key("The configured service; default: the overall status of the cluster.")),
    capability: noted(
      "Until one of its endpoints can be called that is well: `llm`, for example. Not together with service.",
      z.optional(capabilityName),
    ),
    timeout: wholeNumber({
      description: "How long to wait, in seconds; at the edge 25 at most, then `retry_after_s` says to ask again.",
      least: 0,
      most: MOST_S,
      byDefault: DEFAULT_S,
    }),
  },
  response: answered,
  refusals: { not_found: "The service or capability was taken out of the configuration while it was waited for." },
  async handle(request, context) {
    const { query, address } = request;
    const { clock, commits } = context;
    const startedMs = clock.monotonicMs();
    const mostMs = Math.min(query.timeout * 1_000, commits.longestMs.wait);
    const subject = readSubject(query, context);
    // In this order: what is committed after the version was read is noticed.
    const begun = { version: commits.version, found: await context.outlooks.look(subject) };
    const isOver = begun.found.met || mostMs === 0 || commits.hasEnded;
    const free = isOver ? () => {} : context.listeners.admit(address, mostMs);
    try {
      const found = isOver
        ? begun.found
        : await waitUntilMet(request, context, { ...begun, subject, untilMs: startedMs + mostMs });
      const told = found.met ? NOTHING_AHEAD : await prospects(found, context);
      return answer(subject, found, { ...told, waitedMs: clock.monotonicMs() - startedMs });
    } finally {
      free();
    }
  },
});

interface Named {
  readonly service?: string | undefined;
  readonly capability?: string | undefined;
}

/** Throws where it is two, or none that is configured. */
function readSubject({ service, capability }: Named, context: MonitorContext): Subject {
  if (capability === undefined) {
    const subject: Subject = service === undefined ? CLUSTER : { kind: "service", id: service };
    if (isConfigured(subject, context)) return subject;
    throw invalidParameters([{ field: "service", message: "expected the key of a configured service" }]);
  }
  const subject: Subject = { kind: "capability", id: capability };
  const known = Object.keys(context.cluster().routes).join(" or ") || "none, as nothing configured can be called";
  const message = service === undefined ? `expected ${known}` : "expected either this or service";
  if (service === undefined && isConfigured(subject, context)) return subject;
  throw invalidParameters([{ field: "capability", message }]);
}

function isConfigured(subject: Subject, { cluster }: MonitorContext): boolean {
  if (subject.kind === "service") return cluster().servicesById.has(subject.id);
  return subject.kind === "cluster" || endpointsFor(subject.id, cluster().routes) !== null;
}

type Request = Pick<EndpointRequest<never, never, never>, "signal" | "admitAgain" | "refuse">;

interface Begun {
  readonly subject: Subject;
  /** Of the signal, from before what was found. */
  readonly version: number;
  readonly found: Outlook;
  /** Monotonic. */
  readonly untilMs: number;
}

async function waitUntilMet(
  request: Request,
  context: MonitorContext,
  { subject, version, found, untilMs }: Begun,
): Promise<Outlook> {
  const { clock, commits, config, outlooks } = context;
  const { signal } = request;
  const concerns = (snapshot: Snapshot): boolean => outlooks.isMet(snapshot, subject);
  for (let [seen, last, admittedBy] = [version, found, config()]; ;) {
    const leftMs = untilMs - clock.monotonicMs();
    if (last.met || leftMs <= 0 || commits.hasEnded || signal.aborted) return last;
    await commits.next(seen, leftMs, { signal, concerns });
    if (config() !== admittedBy) await request.admitAgain();
    admittedBy = config();
    if (!isConfigured(subject, context)) throw request.refuse("not_found");
    const isWoken = commits.version !== seen;
    seen = commits.version;
    last = await (isWoken ? outlooks.lookWoken(subject) : outlooks.look(subject));
  }
}

type Answer = ValueOf<typeof answered>;

interface Ahead extends Pick<Answer, "eta" | "retry_after_s"> {
  readonly waitedMs: number;
}

function answer(subject: Subject, found: Outlook, { waitedMs, ...ahead }: Ahead): Answer {
  const { met, state, generation, inTheWay } = found;
  const waited_s = Math.round(waitedMs) / 1_000;
  const service = subject.kind === "service" ? subject.id : null;
  const capability = subject.kind === "capability" ? subject.id : null;
  return { met, service, capability, ...state, waited_s, generation, waiting_for: inTheWay, ...ahead };
}

const NOTHING_AHEAD = { eta: null, retry_after_s: null } as const;

/** When it may be over, and when to ask again. */
async function prospects(found: Outlook, context: MonitorContext): Promise<Omit<Ahead, "waitedMs">> {
  const again = context.commits.hasEnded ? AFTER_RESTART_S : AGAIN_S;
  const [judged, ...others] = found.inTheWay;
  if (judged === undefined || others.length > 0) return { eta: null, retry_after_s: again };
  const estimated = estimateRecovery(await context.outlooks.pastOf(judged, found), context.clock.nowMs());
  const inSeconds = (ms: number): number => Math.round(ms / 100) / 10;
  const eta = estimated && { p50_s: inSeconds(estimated.p50Ms), p90_s: inSeconds(estimated.p90Ms), n: estimated.n };
  return { eta, retry_after_s: again };
}
