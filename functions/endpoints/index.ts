/**
 * GET / and GET /openapi.json: what there is to ask, for people and for programs, with the security that is configured.
 * Invariant: lists every endpoint, these as well, and says nothing by hand that a declaration already says.
 */
import * as z from "zod/mini";
import { jsonBytes } from "../http/bytes.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { openApiDocument } from "../http/openapi.ts";
import { VERSION } from "../version.ts";
import { intervalS, notice, version } from "../wire/schemas.ts";

const listed = z.object({ path: z.string(), method: z.string(), summary: z.string(), parameters: z.array(z.string()) });

export const indexEndpoint = defineEndpoint({
  path: "/",
  name: "index",
  summary: "What there is to ask here.",
  effect: "read",
  response: z.object({
    service: z.string(),
    version,
    monitoring_node: z.string(),
    interval_s: intervalS,
    notice,
    endpoints: z.array(listed),
  }),
  handle(_request, { cluster, endpoints }) {
    const { node, notice: sentence, intervalMs } = cluster();
    return {
      service: "LangGraph Monitoring Service",
      version: VERSION,
      monitoring_node: node,
      interval_s: intervalMs / 1000,
      ...(sentence !== null && { notice: sentence }),
      endpoints: endpoints.map(({ path, method, summary, query }) => {
        return { path, method, summary, parameters: Object.keys(query) };
      }),
    };
  },
});

/** In UTF-8, by whether reading needs a token: of the declarations alone, so each is made once; that takes zod some milliseconds. */
const documents = new Map<boolean, Uint8Array<ArrayBuffer>>();

export const openApiEndpoint = defineEndpoint({
  path: "/openapi.json",
  name: "openApi",
  summary: "This API as an OpenAPI 3.1 document.",
  effect: "read",
  response: z.looseObject({ openapi: z.literal("3.1.0"), paths: z.record(z.string(), z.any()) }),
  answersWith: "bytes",
  handle(_request, { config, endpoints }) {
    const { readsNeedToken } = config().auth;
    const text = (): string => JSON.stringify(openApiDocument(endpoints, readsNeedToken));
    const document = documents.get(readsNeedToken) ?? new TextEncoder().encode(text());
    documents.set(readsNeedToken, document);
    return jsonBytes(document);
  },
});
