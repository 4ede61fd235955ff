/**
 * The answers that are asked for most: GET /cluster_health of six services, served as it was stored; GET /route of two LLM servers and a
 * load balancer, asked before each call of an agent.
 */
import type { MeasureRow } from "../row.ts";
import { measureAnswer } from "../served-answer.ts";
import { probeAll, startService, watching } from "../service.ts";
import { startTarget } from "../target.ts";

const SERVICE_COUNT = 6;

export const clusterHealth: MeasureRow = async (children) => {
  const target = await startTarget(children);
  const service = await startService(children, watching(target.urls(SERVICE_COUNT)));
  await probeAll(service);
  const proof = '"overall_status":"healthy"';
  return measureAnswer(children, service, {
    path: "/cluster_health",
    proof,
    rate: { atLeast: 0.85 },
    p99: { atMost: 1.5 },
  });
};

const MOST_MS = 10;

export const route: MeasureRow = async (children) => {
  const target = await startTarget(children);
  const watched = watching(target.urls(SERVICE_COUNT));
  const [jetson, cpu, balancer] = Object.keys(watched.services);
  const service = await startService(children, { ...watched, routes: { llm: [jetson, cpu, balancer] } });
  await probeAll(service);
  const proof = '"fail_open":false';
  return measureAnswer(children, service, {
    path: "/route?capability=llm",
    proof,
    rate: { atLeast: 0.6 },
    p99: null,
    mostMs: MOST_MS,
  });
};
