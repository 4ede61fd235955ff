/** What is told of one service and its outages, on each kind of platform; their form is in the HTTP contract. */
import { describe, expect, it, onTestFinished } from "vitest";
import { createMonitor } from "../../../functions/bundle.ts";
import type { AuditEntry } from "../../../shared/domain/access/audit.ts";
import { buildRecord } from "../../../shared/domain/alerting/alerting-state.ts";
import type { CheckStatus } from "../../../shared/domain/monitoring/check.ts";
import type { Transition } from "../../../shared/domain/monitoring/transition.ts";
import type { SweepCommit } from "../../../shared/ports/store.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { notification, openAlert } from "../../support/alerts.ts";
import { check, HOUR, MINUTE, moment, T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { sqliteTestDatabase } from "../../support/sqlite-database.ts";
import { commitOf } from "../../support/stored-sweeps.ts";
import { testProcess, testRuntime } from "../../support/test-runtime.ts";
import { TEST_AUTH, TEST_TOKEN } from "../../support/worker-process.ts";

const NOW_MS = T0 + 10 * HOUR;
const SERVICES = {
  a: {
    name: "Agent",
    url: "https://a.example:8443/health?key=${LONG}&more=1",
    headers: { Authorization: "Bearer ${LONG}", "X-Api-Key": "${SHORT}", Accept: "text/plain" },
    interval: "1m",
    impact: "no agents",
    depends_on: ["b"],
  },
  b: { check_type: "redis", host: "b.example:6379", username: "monitor", password: "${SHORT}" },
};
const SECRETS: Readonly<Record<string, string>> = { LONG: "canary-s3cret", SHORT: "xyz" };

const change = (serviceId: string, minute: number, to: CheckStatus): Transition => {
  const reason = to === "error" ? "refused" : to === "unknown" ? "not_checked" : null;
  return { serviceId, atMs: T0 + minute * MINUTE, from: "unknown", to, reason, message: reason };
};
const iso = (minute: number): string => new Date(T0 + minute * MINUTE).toISOString();

const PLATFORMS = [
  ["Node", () => testProcess().process],
  ["Workers", () => null],
] as const;

describe.each(PLATFORMS)("one service on %s", (_name, processOf) => {
  /** Asks a monitor that has lived through `transitions` and checks a now; it does not know what is neither a nor b. */
  async function lived(transitions: readonly Transition[], more: Partial<SweepCommit> = {}) {
    const database = sqliteTestDatabase();
    onTestFinished(() => database.close());
    const checks = [check("a", NOW_MS - MINUTE)];
    const commit = { ...commitOf(moment(NOW_MS - MINUTE, checks), checks, 0), transitions, ...more };
    await createD1Store(database.db).commitSweep(commit);
    const config = { services: SERVICES, auth: TEST_AUTH };
    const resolveReference = (name: string): string | null => SECRETS[name] ?? null;
    const runtime = testRuntime({ database, config, clock: new FakeClock(NOW_MS), process: processOf() });
    const monitor = await createMonitor({ ...runtime, resolveReference });
    return async (path: string) => {
      const headers = { host: "localhost", authorization: `Bearer ${TEST_TOKEN}`, accept: "application/json" };
      const response = await monitor.fetch(new Request(`http://localhost${path}`, { headers }));
      const text = await response.text();
      return { status: response.status, text, json: text.startsWith("{") ? JSON.parse(text) : null };
    };
  }

  it("is shown as it is configured, without a secret of any length", async () => {
    const ask = await lived([change("a", 0, "healthy")]);
    const { json, text } = await ask("/services/a");
    expect(json).toMatchObject({
      name: "Agent",
      configured: true,
      check_type: "http",
      address: "a.example:8443",
      impact: "no agents",
      depends_on: [{ service: "b", name: "b" }],
      dependents: [],
      configuration: {
        url: "https://a.example:8443/health?key=<secret>&more=1",
        headers: { Authorization: "<secret>", "X-Api-Key": "<secret>", Accept: "text/plain" },
      },
    });
    const other = await ask("/services/b");
    expect(other.json).toMatchObject({
      address: "b.example:6379",
      dependents: [{ service: "a", name: "Agent", status: "healthy" }],
      configuration: { username: "monitor", password: "<secret>" },
    });
    for (const secret of Object.values(SECRETS)) expect(text + other.text).not.toContain(secret);
    expect((await ask("/dashboard/services/b")).text).not.toContain("xyz");
  });

  it("has the figures of a day, a week and a quarter, of what was watched", async () => {
    const ask = await lived([
      change("a", -60 * 24 * 10, "healthy"),
      change("a", 0, "error"),
      change("a", 60, "healthy"),
    ]);
    const { periods } = (await ask("/services/a")).json;
    expect(periods).toMatchObject([
      { hours: 24, uptime_percent: 95.83, coverage_percent: 100, outages: 1, mttr_s: 3_600 },
      { hours: 168, uptime_percent: 99.4, coverage_percent: 100, outages: 1 },
      { hours: 2_160, uptime_percent: 99.6, coverage_percent: 100, outages: 1 },
    ]);
  });

  it("that has been removed is still there with its past, and nothing after it", async () => {
    const ask = await lived([change("gone", 0, "healthy"), change("gone", 30, "error"), change("gone", 60, "unknown")]);
    const { json } = await ask("/services/gone");
    expect(json).toMatchObject({
      name: "gone",
      configured: false,
      status: "unknown",
      since: iso(60),
      configuration: null,
      periods: [{ uptime_percent: 50, coverage_percent: 100, outages: 1 }, {}, {}],
    });
    expect((await ask("/outages/gone")).json.outages).toMatchObject([
      { since: iso(30), until: null, duration_s: 1_800 },
    ]);
    expect((await ask("/series/gone")).json.outages).toMatchObject([{ since: iso(30), until: iso(60) }]);
    const { services } = (await ask("/uptime?service=gone")).json;
    expect(services.gone).toMatchObject({ uptime_percent: 50, coverage_percent: 100, outages: 1 });
    for (const path of ["/services/nobody", "/outages/nobody", "/series/nobody"])
      expect((await ask(path)).status).toBe(404);
  });

  it("has its outages newest first, with whom their alerts told and who looked after them", async () => {
    const failed = (id: string, minute: number, endedMinute: number) => {
      const alert = { ...openAlert(), id, firedAtMs: T0 + minute * MINUTE, notifiedChannels: ["slack"] };
      const end = { atMs: T0 + endedMinute * MINUTE, reason: "recovered" } as const;
      return buildRecord("a", { alert, name: "Agent" }, end) ?? [];
    };
    const alertRecords = [failed("first", 31, 40), failed("second", 101, 120)].flat();
    const acknowledged: AuditEntry = {
      atMs: T0 + 105 * MINUTE,
      actor: "kim",
      action: "alert.acknowledged",
      target: "second",
      detail: { comment: null },
    };
    const [report] = notification().alerts;
    const told = notification({
      id: "n-second",
      atMs: T0 + 101 * MINUTE,
      alerts: report ? [{ ...report, id: "second" }] : [],
    });
    const ask = await lived(
      [
        change("a", 0, "healthy"),
        change("a", 30, "error"),
        change("a", 40, "healthy"),
        change("a", 100, "error"),
        change("a", 120, "healthy"),
      ],
      { alertRecords, audit: [acknowledged], outgoing: [{ channel: "slack", notification: told }] },
    );
    const { json } = await ask("/outages/a");
    expect(json.total).toBe(2);
    expect(json.outages).toMatchObject([
      {
        since: iso(100),
        until: iso(120),
        recovery_seen: true,
        duration_s: 1_200,
        reason: "refused",
        alerts: [
          {
            id: "second",
            acknowledged_by: "kim",
            acknowledged_at: iso(105),
            messages: [{ channel: "slack", type: "alert.firing", at: iso(101), state: "pending" }],
          },
        ],
      },
      { since: iso(30), until: iso(40), alerts: [{ id: "first", acknowledged_by: null, messages: [] }] },
    ]);
    const newest = (await ask("/outages/a?limit=1")).json;
    expect([newest.total, newest.outages.length]).toEqual([2, 1]);
  });
});
