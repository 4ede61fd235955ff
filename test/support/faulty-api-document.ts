/**
 * The OpenAPI document of faulty-api.ts. Data only; references included, as they must be resolved.
 */
const problem = { content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } };
const json = (schema: object): object => ({ content: { "application/json": { schema } } });
const item = { type: "object", properties: { id: { type: "string" } }, required: ["id"] };
const id = { name: "id", in: "path", required: true, schema: { type: "string" } };

const itself = { get: { responses: { 200: json({}), 400: {} } } };

export const API_DOCUMENT = {
  openapi: "3.1.0",
  paths: {
    "/": itself,
    "/openapi.json": itself,
    "/items": {
      get: {
        parameters: [
          { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 99, default: 10 } },
          { name: "since", in: "query", schema: { type: "string", format: "date-time" } },
          { name: "before", in: "query", description: "The next_cursor of a page.", schema: { type: "string" } },
        ],
        responses: {
          200: json({
            type: "object",
            properties: { items: { type: "array", items: item }, next_cursor: { type: "string" } },
            required: ["items", "next_cursor"],
          }),
          400: problem,
        },
      },
    },
    "/items/{id}": { get: { parameters: [id], responses: { 200: json(item), 404: problem } } },
    "/items/{id}/notes": {
      parameters: [id],
      post: {
        requestBody: {
          content: {
            "application/json": {
              schema: {
                type: "object",
                properties: {
                  text: { type: "string", minLength: 1, maxLength: 100 },
                  minutes: { type: "integer", minimum: 1, maximum: 60 },
                },
                required: ["text", "minutes"],
              },
            },
          },
        },
        responses: { 201: json(item), 400: problem },
      },
    },
  },
  components: {
    schemas: {
      Problem: {
        type: "object",
        properties: { type: { type: "string" }, title: { type: "string" }, status: { type: "integer" } },
        required: ["type", "title", "status"],
      },
    },
  },
};
