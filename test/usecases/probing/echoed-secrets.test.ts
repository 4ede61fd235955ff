/**
 * A target that echoes our secrets: the verdict is the one that it would have without any, and what leaves of the check holds none.
 * A thousand seeded secrets of every kind that people have, in every place of a body, through the http check as configured.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/domain/monitoring/check.ts";
import { makeRedactor, redactNothing } from "../../../shared/domain/text/redact.ts";
import { cleanText } from "../../../shared/domain/text/clean-text.ts";
import type { HttpResponse } from "../../../shared/ports/http-transport.ts";
import { http } from "../../../shared/probes/http.ts";
import { probeService } from "../../../shared/usecases/probing/probe-service.ts";
import { configureRawProbe } from "../../support/configured-probe.ts";
import { fakeService } from "../../support/fake-service.ts";
import { FIRST_PROBE } from "../../support/first-probe.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";

const OUR_WORDS = [
  "status",
  "healthy",
  "absent",
  "expected",
  "equals",
  "true",
  "false",
  "null",
  "HTTP",
  "is not",
  "body",
];

const secrets = fc.oneof(
  fc.constantFrom(
    ...OUR_WORDS,
    "1234",
    "0000",
    "2019",
    "12345678901",
    "-1.5e3",
    "a#b#c",
    '"quo"ted"',
    "line1-secret\nline2-secret",
    "-----BEGIN KEY-----\r\nMIIB\r\n-----END KEY-----\r\n",
    "  s3cret-value  ",
    "\tbegins with a tab",
    "ends with a line\n",
    "tab\tb\u200bc\u0007d",
    "50%2F%",
    "${X}y",
  ),
  fc.string({
    unit: fc.constantFrom(..."abcXYZ0189!\"#$%&'()*+,-./:;=?@[\\]^_`{|}~ \t\n"),
    minLength: 4,
    maxLength: 40,
  }),
  fc.nat().map((number) => String(number).padStart(4, "7")),
);

/** A health document with the secret somewhere in it. */
const documents = (secret: string): fc.Arbitrary<Json> =>
  fc.constantFrom<Json>(
    { status: "ok", echo: secret },
    { status: secret },
    { status: "ok", size: 2019123493, headers: { authorization: `Bearer ${secret}` } },
    { status: "ok", [secret]: [secret, `${secret}${secret}`] },
    { status: "ok", number: Number.isFinite(Number(secret)) ? Number(secret) : 1234 },
    { status: "ok", echo: cleanText(secret), [cleanText(secret)]: [...secret].join("\u200b") },
    { status: null, loaded: false, b: true, list: [true, { n: null }, false] },
    { status: "ok", trimmed: secret.trim(), bearer: `Bearer ${secret}`.trim(), basic: btoa(encodeURI(secret.trim())) },
    { status: "ok", folded: secret.replace(/\s+/g, " "), [secret]: "x".repeat(1_024) },
    { status: "ok", loaded: true, encoded: encodeURIComponent(secret), basic: btoa(`u:${encodeURIComponent(secret)}`) },
    { status: `a long one ${"x".repeat(30)} ${secret}`, list: Array.from({ length: 300 }, () => secret) },
    secret,
  );

const assertions = fc.constantFrom(
  { path: "status", operator: "equals", value: "ok" },
  { path: "status", operator: "contains", value: "healthy" },
  { path: "size", operator: "greater_than", value: 5 },
  { path: "loaded", operator: "equals", value: true },
  { path: "echo", operator: "exists" },
);

async function check(
  { body, type, json }: { body: string; type: string; json: object },
  secretsHidden: readonly string[],
) {
  const response: HttpResponse = {
    kind: "response",
    durationMs: 1,
    statusCode: 200,
    headers: { "content-type": type },
    body: new TextEncoder().encode(body),
    truncated: false,
    timings: {},
  };
  const logged: string[] = [];
  const log = { write: (...line: unknown[]) => logged.push(JSON.stringify(line)) };
  const redact = secretsHidden.length > 0 ? makeRedactor(secretsHidden) : redactNothing;
  const probe = configureRawProbe(http, { url: "http://127.0.0.1:1/", json });
  const service = { ...fakeService("redis"), redact, probe };
  const uses = { clock: systemClock, http: { exchange: async () => response }, resolveName: null, log };
  const left = { previous: null, baselines: { recall: FIRST_PROBE.baseline } as never };
  return { made: await probeService(service, uses, left), logged };
}

describe("a secret that a target echoes", () => {
  it("changes no verdict and leaves in nothing, a thousand times", async () => {
    const cases = secrets.chain((secret) => fc.tuple(fc.constant(secret), documents(secret), assertions));
    await fc.assert(
      fc.asyncProperty(
        cases,
        fc.constantFrom("application/json", "text/plain"),
        async ([secret, document, json], type) => {
          const asked = { body: JSON.stringify(document), type, json };
          const { made: blind } = await check(asked, []);
          const { made, logged } = await check(asked, [secret]);
          const { status, reason, statusCode } = blind;
          expect(made).toMatchObject({ status, reason, statusCode });
          expect(ownWords(made.message)).toEqual(ownWords(blind.message));
          const quoted = [...quotes(made.message), ...textsOf(made.details.data)];
          const shown = quoted.map((text) => text.replaceAll("<secret>", ""));
          const forms = [secret, secret.trim(), cleanText(secret), secret.replace(/\s+/g, " ")].filter(
            ({ length }) => length > 3,
          );
          expect(shown.filter((text) => forms.some((form) => text.includes(form)))).toEqual([]);
          expect(logged).toEqual([]);
        },
      ),
      { numRuns: 1_000, seed: 20261129 },
    );
  });
});

describe("a secret of digits that a target echoes as a number", () => {
  const json = { path: "n", operator: "greater_than", value: 5 };

  it.each([
    ["12345678901234567890", "12345678901234567890", "<secret>"],
    ["00012345", "12345", "<secret>"],
    ["1234567890123456", "-1234567890123456", "-<secret>"],
  ])("is hidden: %s as %s", async (secret, number, n) => {
    const { made } = await check({ body: `{"n":${number}}`, type: "application/json", json }, [secret]);
    expect(made.details.data).toEqual({ n });
  });

  it("is hidden in what is said of it", async () => {
    const isText = { path: "n", operator: "equals", value: "x" };
    const asked = { body: '{"n":12345678901234567890}', type: "application/json", json: isText };
    const { made } = await check(asked, ["12345678901234567890"]);
    expect(made.message).toBe('n is "<secret>", expected equals "x"');
  });
});

const COMPLAINT =
  /^(?<path>.*) is (?<found>".*"?|-?\d\S*|[a-z]+( [a-z]+)?( of \d+)?), expected (?<how>[a-z ]+?)(?<value> (".*"|\d+|true))?$/s;

/** `status is "…", expected equals "ok"` without what comes from elsewhere: the answer, or a configuration full of references. */
function ownWords(message: string | null): unknown {
  const { found = "", how } = COMPLAINT.exec(message ?? "")?.groups ?? {};
  return how === undefined ? message : [/^(["-]|\d|(true|false|null)$)/.test(found) ? "" : found, how];
}

function quotes(message: string | null): string[] {
  const { path = "", found = "", value = "" } = COMPLAINT.exec(message ?? "")?.groups ?? {};
  return [path, ...[found, value.trim()].filter((text) => /^("|(true|false|null)$)/.test(text))];
}

/** Numbers that only contain a short secret tell nothing. */
function textsOf(data: Json | undefined): string[] {
  if (typeof data === "string") return [data];
  if (typeof data === "boolean" || data === null) return [String(data)];
  if (typeof data !== "object") return [];
  if (Array.isArray(data)) return data.flatMap(textsOf);
  const isSummary = "summary" in data;
  return Object.entries(data).flatMap(([key, value]) =>
    isSummary ? (key === "keys" ? textsOf(value) : []) : [key, ...textsOf(value)],
  );
}
