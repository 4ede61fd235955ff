/** The endpoints of the past, asked of a service whose targets have been checked. Part of the HTTP contract. */
import { describe, expect, it } from "vitest";
import type { HttpHost } from "./http-host.ts";
import { request } from "../support/raw-http.ts";

/** `hostOf` is asked when a test runs; the service is the one that http-contract.ts starts. */
export function pastContract(hostOf: () => HttpHost): void {
  describe("the past", () => {
    const get = (path: string) => request(hostOf().port, path, { headers: hostOf().headers });

    it("GET /transitions tells each change of status once, a page after the other", async () => {
      const { status, json } = await get("/transitions?service=broken");
      expect(status).toBe(200);
      expect(json).toEqual({
        transitions: [
          {
            at: expect.any(String),
            service: "broken",
            from: "unknown",
            to: "unhealthy",
            reason: "http_status",
            message: "HTTP 503",
            lasted_s: null,
          },
        ],
        next_cursor: null,
      });
      const all = (await get("/transitions")).json.transitions;
      const first = (await get("/transitions?limit=1")).json;
      const second = (await get(`/transitions?limit=1&before=${first.next_cursor}`)).json;
      expect([...first.transitions, ...second.transitions]).toEqual(all.slice(0, 2));
      expect((await get("/transitions?service=nobody")).json.transitions).toEqual([]);
    });

    it("GET /uptime counts the days of a zone in seconds, and nothing before the first check", async () => {
      const { status, json } = await get("/uptime?days=2&tz=Europe/Berlin");
      expect(status).toBe(200);
      expect(json).toMatchObject({
        tz: "Europe/Berlin",
        days: [expect.stringMatching(/^\d{4}-\d\d-\d\d$/), expect.anything()],
      });
      expect(Object.keys(json.services)).toEqual(["steady", "broken", "tags"]);
      expect(json.services.broken).toMatchObject({
        uptime_percent: 0,
        coverage_percent: 100,
        outages: 1,
        mttr_s: null,
      });
      expect(json.services.steady).toMatchObject({
        uptime_percent: 100,
        coverage_percent: 100,
        outages: 0,
        mtbf_s: null,
      });
      expect(json.services.steady.down.at(-1)).toBe(0);
      const one = await get("/uptime?service=steady");
      expect(Object.keys(one.json.services)).toEqual(["steady"]);
      expect(one.json.days).toHaveLength(90);
      expect(one.json.services.steady.healthy.slice(0, 80)).toEqual(Array(80).fill(null));
    });

    it("GET /series gives the columns of a chart, and no response time where nothing answered", async () => {
      const { status, json } = await get("/series/broken");
      expect(status).toBe(200);
      expect(json).toMatchObject({ service: "broken", step_s: 300, exact: true, timeout_s: null, outages_total: 1 });
      for (const column of ["t", "p50", "p95", "max", "count", "timeouts"]) expect(json[column]).toHaveLength(288);
      expect(Date.parse(json.since)).toBe(json.t[0] * 1_000);
      expect(Date.parse(json.until)).toBe((json.t.at(-1) + 300) * 1_000);
      expect([json.p50[0], json.p95[0], json.max[0], json.count[0]]).toEqual([null, null, null, 0]);
      // HTTP 503 is an answer.
      expect(json.count.slice(-2).reduce((sum: number, count: number) => sum + count)).toBeGreaterThan(0);
      expect(json.max.some((max: number | null) => max !== null)).toBe(true);
      expect(json.outages).toEqual([{ since: expect.any(String), until: null, reason: "http_status" }]);
      expect(json.total.count).toBe(json.count.reduce((sum: number, count: number) => sum + count));
      expect(json.total.max).toBe(Math.max(...json.max));
      const year = (await get(`/series/broken?since=${new Date(Date.now() - 365 * 86_400_000).toISOString()}`)).json;
      expect(year).toMatchObject({ step_s: 172_800, exact: false, outages_total: 1 });
      expect(year.t.length).toBeLessThanOrEqual(184);
      const one = (await get("/series/steady?points=1")).json;
      expect([one.t.length, one.outages, one.maintenance]).toEqual([1, [], []]);
      expect((await get("/series/nobody")).status).toBe(404);
    });

    it("GET /services/{service} tells how it is checked, what it is and how it was", async () => {
      const { status, json } = await get("/services/broken");
      expect(status).toBe(200);
      expect(json).toMatchObject({
        service: "broken",
        name: "Broken Server",
        configured: true,
        status: "unhealthy",
        check_type: "http",
        address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        timeout_s: 60,
        depends_on: [],
        configuration: { name: "Broken Server", timeout: 60 },
      });
      expect(json.periods).toMatchObject([24, 168, 2_160].map((hours) => ({ hours, uptime_percent: 0, outages: 1 })));
      expect((await get("/services/nobody")).status).toBe(404);
    });

    it("GET /outages/{service} tells when it was down and who was told", async () => {
      const { status, json } = await get("/outages/broken");
      expect(status).toBe(200);
      expect(json).toMatchObject({ service: "broken", name: "Broken Server", total: 1 });
      expect(json.outages).toMatchObject([{ until: null, recovery_seen: false, reason: "http_status" }]);
      expect((await get("/outages/steady")).json.outages).toEqual([]);
    });

    it("GET /report tells the same in three formats", async () => {
      const { json, headers } = await get("/report");
      expect(headers["content-type"]).toBe("application/json; charset=utf-8");
      expect(json).toMatchObject({ node: "worker-node4", complete: true });
      expect(json.services.map(({ service }: { service: string }) => service)).toEqual(["steady", "broken", "tags"]);
      for (const { configured } of json.services) expect(configured).toBe(true);
      expect(json.outages).toMatchObject([
        { service: "broken", until: null, recovery_seen: false, reason: "http_status", message: "HTTP 503" },
      ]);
      const csv = await get("/report?format=csv&service=broken");
      expect(csv.headers["content-type"]).toBe("text/csv; charset=utf-8; header=present");
      expect(csv.headers["content-disposition"]).toBe('attachment; filename="report.csv"');
      expect(csv.body).toContain("\r\nbroken,Broken Server,false,0,100,");
      const md = await get("/report?format=md");
      expect(md.headers["content-type"]).toBe("text/markdown; charset=utf-8");
      expect(md.headers["x-content-type-options"]).toBe("nosniff");
      expect(md.body).toContain("| broken | Broken Server | false | 0 | 100 |");
    });

    it("GET /explain/{service} says why a service is what it is, each sentence with its evidence", async () => {
      const { status, json } = await get("/explain/broken");
      expect(status).toBe(200);
      expect(json).toMatchObject({ service: "broken", name: "Broken Server", status: "unhealthy", root_cause: null });
      const said = json.sentences.map(({ evidence }: { evidence: string }) => evidence);
      expect(said).toEqual(expect.arrayContaining(["check", "since", "failing", "decision", "cluster", "past"]));
      expect(json.sentences[0].text).toMatch(/^The check of .+ ago found it unhealthy: HTTP 503 \(http_status\)\.$/);
      const { text, running } = json.sentences[0];
      const { checked_at: at } = (await get("/services/broken")).json;
      expect(running).toEqual([{ kind: "ago", at, text: expect.stringMatching(/ ago$/) }]);
      expect(text).toContain(` ${running[0].text} `);
      expect((await get("/explain/nobody")).status).toBe(404);
    });

    it.each([
      ["/report?format=pdf", "format"],
      ["/report?from=2999-01-01T00:00:00Z", "from"],
      ["/report?from=2024-01-01T00:00:00Z", "from"],
      ["/report?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from"],
      ["/report?service=nobody", "service"],
      ["/cluster_health?at=2999-01-01T00:00:00Z", "at"],
      ["/series/steady?points=0", "points"],
      ["/series/steady?points=1001", "points"],
      ["/series/steady?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", "since"],
      ["/series/steady?since=1999-01-01T00:00:00Z", "since"],
      ["/series/steady?since=9000-01-01T00:00:00Z", "since"],
      ["/series/steady?step=5", "step"],
      ["/outages/steady?limit=101", "limit"],
      ["/outages/steady?since=1999-01-01T00:00:00Z", "since"],
      ["/uptime?tz=Mars/Olympus", "tz"],
      ["/uptime?tz=%2B01:00", "tz"],
      ["/uptime?days=0", "days"],
      ["/uptime?days=401", "days"],
      ["/uptime?service=nobody", "service"],
      ["/transitions?until=tomorrow", "until"],
      ["/transitions?before=0-0", "before"],
    ])("refuses %s and names %s", async (path, field) => {
      const { status, json } = await get(path);
      expect(status).toBe(400);
      expect(json.errors).toEqual([expect.objectContaining({ field })]);
    });
  });
}
