/**
 * The embeddings server of the cluster: says how it is and how full its memory. Its trouble in timetable.ts is to be slow.
 */
import { json, type Simulation } from "./simulated-server.ts";

/** 45 % ± 3, as a cache fills and empties. */
function memoryUsagePercent(elapsedS: number): number {
  return Math.round((45 + 3 * Math.sin(elapsedS / 40)) * 10) / 10;
}

export const embeddings: Simulation = {
  id: "embeddings",
  probePath: "/health",
  latencyMs: 25,
  answer(path, elapsedS) {
    if (path !== "/health") return null;
    return json({ status: "healthy", memory_usage_percent: memoryUsagePercent(elapsedS) });
  },
  unavailable: json({ status: "unhealthy" }, 503),
};
