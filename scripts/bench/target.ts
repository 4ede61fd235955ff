/**
 * What is probed: a server with a list of models (2 KB of JSON) on /api/tags and "ok" on every other path, on those below /slow/
 * after 20 ms. It lives in the benchmark's own process, whose CPU time counts for nobody.
 * Invariant: it counts its connections, so that a row can tell whether probes were fresh or pooled.
 */
import type { ChildProcesses } from "./child-processes.ts";
import { serveLoopback } from "./loopback.ts";

export interface Target {
  readonly origin: string;
  /** Connections accepted and requests answered since the start. */
  readonly seen: { readonly connections: number; readonly requests: number };
  /** A path of its own for each of so many services; those below `/slow` are answered after 20 ms. */
  urls(count: number, below?: string): string[];
  /** From now on it answers 503; resolves with when it first did, epoch ms. */
  break(): Promise<number>;
  heal(): void;
}

/** Longer than a row, so that no idle connection is closed within one. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** Connections that may wait to be accepted: a thousand services are asked at once, and one turned away waits a second. */
const BACKLOG = 4_096;
const MODEL_COUNT = 14;
const SLOW_MS = 20;

const model = (_: unknown, index: number) => ({
  name: `model-${index}:7b-instruct`,
  size: 4_108_916_866 + index,
  digest: "sha256:61e88e884507ba5e06c49b40e6226884b2a16e872382c2b44a42f2d119d804a5",
});
const MODELS = Buffer.from(JSON.stringify({ models: Array.from({ length: MODEL_COUNT }, model) }));
const OK = Buffer.from(JSON.stringify({ status: "ok" }));

/** Ends with the row. */
export async function startTarget(children: ChildProcesses): Promise<Target> {
  const seen = { connections: 0, requests: 0 };
  let onFailure: ((atMs: number) => void) | null = null;
  const { server, origin, close } = await serveLoopback(
    ({ url }, response) => {
      seen.requests += 1;
      onFailure?.(Date.now());
      const body = url === "/api/tags" ? MODELS : OK;
      const headers = { "content-type": "application/json", "content-length": body.byteLength };
      const answer = (): void => void response.writeHead(onFailure ? 503 : 200, headers).end(body);
      if (url?.startsWith("/slow/")) setTimeout(answer, SLOW_MS);
      else answer();
    },
    { keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS, backlog: BACKLOG },
  );
  server.on("connection", () => (seen.connections += 1));
  children.defer(close);
  return {
    origin,
    seen,
    urls: (count, below = "") => Array.from({ length: count }, (_, index) => `${origin}${below}/${index}/health`),
    break: () => new Promise((resolve) => (onFailure = resolve)),
    heal: () => (onFailure = null),
  };
}
