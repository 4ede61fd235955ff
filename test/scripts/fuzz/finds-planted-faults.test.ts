/**
 * The fuzzer itself: it finds each planted fault within a few thousand requests, and has nothing to say of a sound API.
 */
import { afterEach, describe, expect, it } from "vitest";
import type { Report } from "../../../scripts/fuzz/report.ts";
import { fuzz } from "../../../scripts/fuzz/run.ts";
import { PLANTED, startFaultyApi, type Planted } from "../../support/faulty-api.ts";
import type { LoopbackServer } from "../../support/loopback-server.ts";

const RULES = {
  "500 for one odd number": "status 500",
  "500 behind a real cursor": "status 500",
  "500 for one body": "status 500",
  "stack trace": "tells of its inside",
  "undeclared status": "status 410 is not declared",
  "undeclared content type": "content type is not declared",
  "body that does not fit": "body does not fit its schema",
  "bare 404": "header x-frame-options on 404",
  "fault of an unknown field": "errors[] names what was not sent",
  "405 without Allow": "405 without Allow",
  "hung up": "the connection was closed",
  "bytes too many": "more bytes than answers",
} as const satisfies Record<Planted, string>;

describe("The fuzzer", () => {
  let api: LoopbackServer | null = null;

  afterEach(() => api?.close());

  /** In at most 3,000 requests, of which most faults need few. */
  async function foundIn(planted: Planted): Promise<Report> {
    api = await startFaultyApi(planted);
    let report: Report | null = null;
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      report = await fuzz({ host: "127.0.0.1", port: api.port, seed, count: 500 });
      if (report.failures.some(({ rule }) => rule === RULES[planted])) return report;
    }
    throw new Error(`not found: ${String(report)}`);
  }

  it("finds nothing in a sound API", async () => {
    api = await startFaultyApi(null);
    const report = await fuzz({ host: "127.0.0.1", port: api.port, seed: 3, count: 6_000 });
    expect(String(report)).toContain("no failures");
    expect(report.requestCount).toBeGreaterThanOrEqual(6_000);
    expect([...report.countByStatus.keys()]).toEqual(expect.arrayContaining([200, 201, 400, 404, 405, 421]));
  });

  for (const planted of PLANTED) {
    it(`finds: ${planted}`, async () => {
      const { failures } = await foundIn(planted);
      expect(failures.map(({ rule }) => rule)).toContain(RULES[planted]);
    });
  }

  it("tells how to see a failure again: seed, index and the request, with nothing in it that could go", async () => {
    const text = String(await foundIn("500 for one odd number"));
    expect(text).toMatch(
      /status 500\n {4}seed \d #\d+ .*"GET \/items\?limit=\d+e\d+ HTTP\/1\.1\\r\\nhost: 127\.0\.0\.1:\d+\\r\\n\\r\\n"/,
    );
  });
});
