/**
 * What goes wrong in the demo cluster, and when: a pure function of the seconds since its start.
 * The simulated services ask it at every request; it knows neither clocks nor sockets. The log quotes it.
 * Invariants: the table repeats every 5 minutes; in the first minute only a service that is not critical has trouble; every
 * trouble ends well before the table repeats, so that each recovery is seen.
 */

export type DemoServiceId = "jetson_ollama" | "cpu_llama" | "embeddings" | "tools" | "haproxy" | "redis";

export type Fault =
  | { readonly kind: "slow"; readonly delayMs: number }
  /** Answers with HTTP 503 and what such a server says then. */
  | { readonly kind: "unavailable" }
  /** Accepts the connection and never answers. */
  | { readonly kind: "hang" }
  /** Nothing listens. */
  | { readonly kind: "refuse" }
  /** Its model runs on the CPU. */
  | { readonly kind: "on_cpu" };

/** `untilS` is exclusive. */
type Trouble = Fault & { readonly fromS: number; readonly untilS: number };

const CYCLE_S = 300;

/**
 * In the order in which it happens; the effects assume that one failing critical service of five degrades the cluster.
 * - 0:20–0:40 llama.cpp loads a model (503, so it is starting): a warning, the cluster stays healthy
 * - 1:10–1:35 the embeddings server is slow: degraded
 * - 2:00–2:25 HAProxy has no backend left (503): degraded
 * - 2:50–3:20 the tools server hangs: degraded
 * - 3:05–3:35 the Jetson refuses connections, at first together with the tools server: unhealthy, then degraded
 * - 3:35–4:00 the Jetson is back, but its model runs on the CPU: degraded
 * Redis never fails.
 */
const TIMETABLE: Readonly<Record<DemoServiceId, readonly Trouble[]>> = {
  cpu_llama: [{ fromS: 20, untilS: 40, kind: "unavailable" }],
  embeddings: [{ fromS: 70, untilS: 95, kind: "slow", delayMs: 1_800 }],
  haproxy: [{ fromS: 120, untilS: 145, kind: "unavailable" }],
  tools: [{ fromS: 170, untilS: 200, kind: "hang" }],
  jetson_ollama: [
    { fromS: 185, untilS: 215, kind: "refuse" },
    { fromS: 215, untilS: 240, kind: "on_cpu" },
  ],
  redis: [],
};

/** What is wrong with a service at that second; null when it is well. */
export function faultAt(service: DemoServiceId, elapsedS: number): Fault | null {
  const second = elapsedS % CYCLE_S;
  return TIMETABLE[service].find(({ fromS, untilS }) => fromS <= second && second < untilS) ?? null;
}

/** Latency of a service that is well: within 40 % of its usual one, never quite the same. */
export function latencyMsAt(usualMs: number, elapsedS: number): number {
  const wave = Math.sin(elapsedS / 7) + Math.sin(elapsedS * 2.3); // incommensurable, so the sum does not repeat
  return usualMs * (1 + 0.2 * wave);
}

export const TIMETABLE_NOTE =
  "Every 5 minutes: llama.cpp loads (0:20), embeddings are slow (1:10), HAProxy has no backend (2:00), tools hang (2:50), the Jetson is down (3:05), then on its CPU (3:35).";
