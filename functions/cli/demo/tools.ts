/**
 * The tools server of the cluster (web search and the like). Its trouble in timetable.ts is to accept and never to answer.
 */
import { json, type Simulation } from "./simulated-server.ts";

export const tools: Simulation = {
  id: "tools",
  probePath: "/health",
  latencyMs: 18,
  answer: (path) => (path === "/health" ? json({ status: "healthy" }) : null),
  unavailable: json({ status: "unhealthy" }, 503),
};
