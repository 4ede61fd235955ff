/**
 * GET /: what there is to ask. Reads the declarations and the configuration only.
 * Invariant: lists every endpoint, itself as well, so that nobody has to guess a path.
 */
import * as z from "zod/mini";
import { defineEndpoint } from "../http/endpoint.ts";
import { intervalS, notice } from "../wire/schemas.ts";

const listed = z.object({ path: z.string(), method: z.string(), summary: z.string(), parameters: z.array(z.string()) });

export const indexEndpoint = defineEndpoint({
  path: "/",
  name: "index",
  summary: "What there is to ask here.",
  effect: "read",
  response: z.object({
    service: z.string(),
    monitoring_node: z.string(),
    interval_s: intervalS,
    notice,
    endpoints: z.array(listed),
  }),
  handle(_request, { cluster, endpoints }) {
    const { node, notice: sentence, intervalMs } = cluster();
    return {
      service: "LangGraph Monitoring Service",
      monitoring_node: node,
      interval_s: intervalMs / 1000,
      ...(sentence !== null && { notice: sentence }),
      endpoints: endpoints.map(({ path, method, summary, query }) => {
        return { path, method, summary, parameters: Object.keys(query) };
      }),
    };
  },
});
