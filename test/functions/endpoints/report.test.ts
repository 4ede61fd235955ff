/** What a report says of the past, on each kind of platform; its form is in the HTTP contract and in test/functions/wire. */
import { describe, expect, it, onTestFinished } from "vitest";
import { createMonitor } from "../../../functions/bundle.ts";
import type { CheckStatus } from "../../../shared/domain/monitoring/check.ts";
import { buildRecord } from "../../../shared/domain/alerting/alerting-state.ts";
import type { AuditEntry } from "../../../shared/domain/access/audit.ts";
import type { Transition } from "../../../shared/domain/monitoring/transition.ts";
import type { SweepCommit } from "../../../shared/ports/store.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { openAlert } from "../../support/alerts.ts";
import { check, HOUR, MINUTE, moment, T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { sqliteTestDatabase } from "../../support/sqlite-database.ts";
import { commitOf } from "../../support/stored-sweeps.ts";
import { testProcess, testRuntime } from "../../support/test-runtime.ts";
import { TEST_AUTH, TEST_TOKEN } from "../../support/worker-process.ts";

const NOW_MS = T0 + 10 * HOUR;
const SERVICES = { a: { name: "Agent", url: "https://a.example/", interval: "1m" } };

const change = (serviceId: string, minute: number, to: CheckStatus): Transition => {
  const reason = to === "error" ? "refused" : to === "unknown" ? "not_checked" : null;
  return { serviceId, atMs: T0 + minute * MINUTE, from: "unknown", to, reason, message: reason };
};

const iso = (minute: number): string => new Date(T0 + minute * MINUTE).toISOString();

const PLATFORMS = [
  ["Node", () => testProcess().process],
  ["Workers", () => null],
] as const;

describe.each(PLATFORMS)("a report on %s", (_name, processOf) => {
  /** Asks a monitor that has lived through `transitions` and checks a now; b to z it does not know. */
  async function lived(transitions: readonly Transition[], more: Partial<SweepCommit> = {}) {
    const database = sqliteTestDatabase();
    onTestFinished(() => database.close());
    const checks = [check("a", NOW_MS - MINUTE)];
    const commit = { ...commitOf(moment(NOW_MS - MINUTE, checks), checks, 0), transitions, ...more };
    await createD1Store(database.db).commitSweep(commit);
    const config = { services: SERVICES, auth: TEST_AUTH };
    const clock = new FakeClock(NOW_MS);
    const monitor = await createMonitor(testRuntime({ database, config, clock, process: processOf() }));
    return async (query: string) => {
      const headers = { host: "localhost", authorization: `Bearer ${TEST_TOKEN}` };
      const response = await monitor.fetch(new Request(`http://localhost/report?${query}`, { headers }));
      return { status: response.status, text: await response.text() };
    };
  }

  it("says who acknowledged an alert first, and when, also when that has lapsed or is forgotten", async () => {
    const record = (id: string, acknowledgedBy: string | null) => {
      const alert = { ...openAlert(), id, acknowledgedBy };
      return buildRecord("a", { alert, name: "Agent" }) ?? [];
    };
    const alertRecords = [record("lapsed", null), record("nobody", null), record("forgotten", "kim")].flat();
    const acknowledged = (minute: number, actor: string): AuditEntry => {
      const action = "alert.acknowledged";
      return { atMs: T0 + minute * MINUTE, actor, action, target: "lapsed", detail: { comment: null } };
    };
    const audit = [acknowledged(5, "lee"), acknowledged(90, "kim")];
    const ask = await lived([change("a", 0, "error")], { alertRecords, audit });
    const { alerts } = JSON.parse((await ask("")).text);
    expect(alerts).toMatchObject([
      { id: "nobody", acknowledged_by: null, acknowledged_at: null },
      { id: "lapsed", acknowledged_by: "lee", acknowledged_at: iso(5) },
      { id: "forgotten", acknowledged_by: "kim", acknowledged_at: null },
    ]);
  });

  it("has a service that has been removed since, up to its removal, and says so", async () => {
    const ask = await lived([
      change("a", 0, "healthy"),
      change("gone", 0, "healthy"),
      change("gone", 30, "error"),
      change("gone", 40, "healthy"),
      change("gone", 50, "error"),
      change("gone", 60, "unknown"),
    ]);
    const report = JSON.parse((await ask("")).text);
    expect(report.complete).toBe(true);
    expect(report.services).toMatchObject([
      { service: "a", name: "Agent", critical: false, configured: true, outages: 0 },
      { service: "gone", name: "gone", critical: null, configured: false, outages: 2, uptime_percent: 66.66 },
    ]);
    expect(report.services[1]).toMatchObject({ coverage_percent: 100, down_s: 1_200, unknown_s: 0, mttr_s: 600 });
    expect(report.outages).toMatchObject([
      { service: "gone", since: iso(50), until: null, recovery_seen: false, duration_s: 600 },
      { service: "gone", since: iso(30), until: iso(40), recovery_seen: true, duration_s: 600 },
    ]);
    expect((await ask("format=csv")).text).toContain("\r\ngone,gone,,66.66,100,1200,0,0,0,2,600,1200,false\r\n");
    expect((await ask("format=md")).text).toContain("| gone | gone |  | 66.66 | 100 | 1200 |");
    const alone = JSON.parse((await ask("service=gone")).text);
    expect(alone.services.map(({ service }: { service: string }) => service)).toEqual(["gone"]);
  });

  it("has one that was watched before it was removed, and none that was gone before or came after", async () => {
    const ask = await lived([
      change("steady", -60, "healthy"),
      change("steady", 500, "unknown"),
      change("before", -60, "error"),
      change("before", 0, "unknown"),
      change("after", 60, "error"),
    ]);
    const report = JSON.parse((await ask(`from=${iso(0)}&to=${iso(60)}`)).text);
    expect(report.services).toMatchObject([
      { service: "a" },
      { service: "steady", configured: false, uptime_percent: 100, coverage_percent: 100, unknown_s: 0 },
    ]);
    expect((await ask(`from=${iso(0)}&to=${iso(60)}&service=before`)).status).toBe(400);
  });

  it("has a thousand removed services, the last ones, and says that there are more", async () => {
    const gone = (index: number) => [change(`s${index}`, index / 10, "error"), change(`s${index}`, 200, "unknown")];
    const many = [change("first", 1, "healthy"), change("first", 199, "unknown")];
    const thousand = Array.from({ length: 1_000 }, (_, index) => gone(index)).flat();
    const { complete, services } = JSON.parse((await (await lived([...many, ...thousand]))("")).text);
    expect([complete, services.length]).toEqual([false, 1_001]);
    expect(services.some(({ service }: { service: string }) => service === "first")).toBe(false);
    expect(JSON.parse((await (await lived(thousand))("")).text)).toMatchObject({ complete: true });
  });

  it("has outages whole: since before the range, through what nobody watched, and no recovery that nobody saw", async () => {
    const ask = await lived([
      change("a", -120, "healthy"),
      change("a", -90, "error"),
      change("a", -60, "unknown"),
      change("a", -30, "error"),
      change("a", 30, "healthy"),
      change("a", 60, "error"),
      change("a", 61, "unknown"),
      change("a", 200, "healthy"),
    ]);
    const { services, outages } = JSON.parse((await ask(`from=${iso(0)}`)).text);
    expect(outages).toMatchObject([
      { since: iso(60), until: iso(200), recovery_seen: false, duration_s: 60 },
      { since: iso(-90), until: iso(30), recovery_seen: true, duration_s: 5_400 },
    ]);
    expect(services).toMatchObject([{ outages: 2, mttr_s: 5_400, down_s: 1_860, unknown_s: 139 * 60 }]);
  });
});
