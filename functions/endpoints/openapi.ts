/**
 * GET /openapi.json: this API as a document for programs, with the security that is configured.
 * Reads the declarations and the access rules only. Invariant: nothing is described by hand that a declaration already says.
 */
import * as z from "zod/mini";
import { defineEndpoint } from "../http/endpoint.ts";
import { openApiDocument } from "../http/openapi.ts";

/** By whether reading needs a token: of the declarations alone, so each is made once; that takes zod some milliseconds. */
const documents = new Map<boolean, ReturnType<typeof openApiDocument>>();

export const openApiEndpoint = defineEndpoint({
  path: "/openapi.json",
  name: "openApi",
  summary: "This API as an OpenAPI 3.1 document.",
  effect: "read",
  response: z.looseObject({ openapi: z.literal("3.1.0"), paths: z.record(z.string(), z.any()) }),
  handle(_request, { auth, endpoints }) {
    const { readsNeedToken } = auth();
    const document = documents.get(readsNeedToken) ?? openApiDocument(endpoints, readsNeedToken);
    documents.set(readsNeedToken, document);
    return document;
  },
});
