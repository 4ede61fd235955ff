/**
 * A small check type for tests of the configuration, so that they do not depend on the keys of the real ones.
 * Invariant: its probe answers with the settings it was configured with, as the body.
 */
import * as z from "zod/mini";
import { defineCheckType } from "../../shared/probes/check-type.ts";

const fake = defineCheckType({
  keys: {
    url: z.string().check(z.describe("Where it is.")),
    password: z.optional(z.string()).check(z.describe("A secret.")),
    headers: z
      .optional(z.record(z.string().check(z.regex(/^[\w-]+$/)), z.string()))
      .check(z.describe("Request headers.")),
    json: z
      .optional(z.strictObject({ path: z.string(), equals: z.union([z.string(), z.number()]) }))
      .check(z.describe("An assertion.")),
    retries: z.optional(z.int().check(z.gte(0), z.lt(10))).check(z.describe("A number.")),
    limit: z.optional(z.number()).check(z.describe("A limit.")),
    mode: z.optional(z.enum(["fast", "deep"])).check(z.describe("A choice.")),
  },
  secretKeys: ["password"],
  tuningKeys: ["limit"],
  configure(settings, report) {
    if (settings.url === "silently refused") return null;
    if (settings.url === "twice wrong") {
      report("url", "a URL");
      report("url", "without spaces");
      return null;
    }
    if (!settings.url.startsWith("fake://")) {
      report("url", "a URL that starts with fake://");
      return null;
    }
    const details = { body: { json: structuredClone(settings) } };
    return async () => ({
      status: "healthy",
      reason: null,
      message: null,
      responseTimeMs: 1,
      statusCode: null,
      details,
    });
  },
});

const plain = defineCheckType({
  keys: { host: z.string().check(z.describe("Where it is.")) },
  secretKeys: [],
  configure: () => async () => ({
    status: "healthy",
    reason: null,
    message: null,
    responseTimeMs: 1,
    statusCode: null,
    details: {},
  }),
});

export const FAKE_REGISTRY = { checkTypes: { fake, plain }, defaultCheckType: "fake", channelTypes: {} };
