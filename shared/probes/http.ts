/**
 * Check type `http`, the default: one request, and an answer with the right status, keyword and values.
 * Invariant: everything that could make a request impossible is refused here, when the configuration is read.
 */
import * as z from "zod/mini";
import { toTenthMs } from "../domain/monitoring/check.ts";
import {
  compileAssertion,
  JSON_OPERATORS,
  type AssertBody,
  type JsonAssertion,
} from "../domain/monitoring/json-assertion.ts";
import type { ReportFault } from "../domain/report-fault.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import type { Finding, FoundDetails, ProbeContext } from "../ports/prober.ts";
import { defineCheckType } from "./check-type.ts";
import { evaluateResponse, type Expectations } from "./evaluate-response.ts";
import { followRedirects, type Arrival, type Question } from "./follow-redirects.ts";
import { admitPlace, PLACE_KEYS } from "./http-place.ts";
import { observe } from "./observe.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
const STATUS_CLASSES = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;

const assertionSchema = z.strictObject({
  path: z.string().check(z.describe('Where to look, such as "status", "models[0].name" or "models.length".')),
  operator: z.enum(JSON_OPERATORS).check(z.describe("How to compare the value found with the one given.")),
  value: z
    .optional(z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .check(z.describe("What to compare with; for exists, false demands that it is absent.")),
});

const KEYS = {
  ...PLACE_KEYS,
  method: z._default(z.enum(METHODS), "GET").check(z.describe("Request method.")),
  body: z.optional(z.string()).check(z.describe("Request body, sent as it is.")),
  expect_status: z
    ._default(z.array(z.union([z.int().check(z.gte(100), z.lte(599)), z.enum(STATUS_CLASSES)])).check(z.minLength(1)), [
      "2xx",
    ])
    .check(z.describe('Status codes that count as healthy: numbers and classes such as "2xx".')),
  keyword: z
    .optional(z.string().check(z.minLength(1)))
    .check(z.describe("Text that the first 64 KiB of the body must contain.")),
  json: z
    .optional(z.union([assertionSchema, z.array(assertionSchema).check(z.minLength(1))]))
    .check(z.describe("Assertions on the JSON body; all must hold.")),
  follow_redirects: z._default(z.boolean(), false).check(z.describe("Whether to follow up to three redirects.")),
  pooled: z._default(z.boolean(), false).check(z.describe("Whether connections may be reused between probes.")),
};

type HttpSettings = z.output<z.ZodMiniObject<typeof KEYS>>;

export const http = defineCheckType({
  keys: KEYS,
  secretKeys: [],
  configure(settings, report, abilities) {
    const plan = makePlan(settings, report, abilities);
    return plan && ((context) => probeHttp(plan, context));
  },
});

interface HttpPlan {
  readonly question: Question;
  readonly expectations: Expectations;
}

/** Null after reporting every fault of the settings. */
function makePlan(settings: HttpSettings, report: ReportFault, abilities: RuntimeAbilities): HttpPlan | null {
  const { method, body = null, keyword = null, follow_redirects: followsRedirects } = settings;
  let isFaulty = false;
  const fault = (key: string, expected: string): void => {
    isFaulty = true;
    report(key, expected);
  };
  const place = admitPlace(settings, fault, abilities);
  const assertions = parseAssertions(settings.json, fault);
  if (method === "HEAD" && (keyword !== null || settings.json !== undefined)) {
    fault("method", "another method than HEAD, whose answers have no body to look into");
  }
  if (!place || isFaulty) return null;
  const connection = settings.pooled ? "pooled" : "fresh";
  return {
    question: { ...place, writtenUrl: settings.url, method, body, connection, followsRedirects },
    expectations: { expectsStatus: statusPredicate(settings.expect_status), keyword, assertions },
  };
}

function parseAssertions(json: HttpSettings["json"], report: ReportFault): readonly AssertBody[] {
  const written: readonly JsonAssertion[] = json === undefined ? [] : Array.isArray(json) ? json : [json];
  const compiled = written.map(compileAssertion);
  for (const { key, expected } of compiled.filter((each) => typeof each === "object")) {
    report("json", `${expected} as ${key}`);
  }
  return compiled.filter((each) => typeof each === "function");
}

function statusPredicate(expected: HttpSettings["expect_status"]): (statusCode: number) => boolean {
  const accepted: ReadonlySet<number | string> = new Set(expected);
  return (statusCode) => accepted.has(statusCode) || accepted.has(`${Math.floor(statusCode / 100)}xx`);
}

async function probeHttp({ question, expectations }: HttpPlan, context: ProbeContext): Promise<Finding> {
  const startedMs = context.clock.monotonicMs();
  const arrival = await followRedirects(question, context);
  const responseTimeMs = toTenthMs(context.clock.monotonicMs() - startedMs);
  const { outcome, refusal } = arrival;
  const details = describeExchange(arrival);
  if (outcome.kind === "failure") return observe(outcome, { responseTimeMs, details });
  const { statusCode } = outcome;
  if (refusal) return observe(refusal, { responseTimeMs, statusCode, details });
  const { failure, body } = evaluateResponse(expectations, outcome);
  return observe(failure, { responseTimeMs, statusCode, details: { ...(body && { body }), ...details } });
}

function describeExchange({ outcome, trail, certificateExpiresAtMs }: Arrival): FoundDetails {
  return {
    timings: outcome.timings,
    ...(certificateExpiresAtMs !== undefined && { certificateExpiresAtMs }),
    ...(trail && { trail }),
  };
}
