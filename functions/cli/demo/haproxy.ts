/**
 * HAProxy with a `monitor-uri`: text, not JSON. Its trouble in timetable.ts is `monitor fail`, no backend left.
 * The bodies are those of HAProxy 2.6.
 */
import type { Answer, Simulation } from "./simulated-server.ts";

const page = (statusCode: number, title: string, text: string): Answer => ({
  statusCode,
  contentType: "text/html",
  body: `<html><body><h1>${statusCode} ${title}</h1>\n${text}\n</body></html>\n`,
});

export const haproxy: Simulation = {
  id: "haproxy",
  probePath: "/health",
  latencyMs: 2,
  answer: (path) => (path === "/health" ? page(200, "OK", "Service ready.") : null),
  unavailable: page(503, "Service Unavailable", "No server is available to handle this request."),
};
