/** Who watches the watcher: when the heartbeat beats and when it must not, and when a standby delivers. */
import { describe, expect, it } from "vitest";
import { beat, type HeartbeatDependencies } from "../../../shared/usecases/delivery/heartbeat.ts";
import { SILENT_AFTER_MS } from "../../../shared/domain/alerting/failover.ts";
import { parseUrl } from "../../../shared/domain/net/target.ts";
import { NO_ALERTING } from "../../../shared/domain/alerting/alerting-state.ts";
import { SINCE_NOTHING } from "../../../shared/domain/monitoring/status-since.ts";
import type { HttpExchangeRequest } from "../../../shared/ports/http-transport.ts";
import { Deliverer } from "../../../shared/usecases/delivery/deliverer.ts";
import { OutboxSwitch } from "../../../shared/usecases/delivery/outbox-switch.ts";
import { createStandby } from "../../../shared/usecases/delivery/standby.ts";
import { createOccasions } from "../../../shared/storage/occasions.ts";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { moment, T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { fakeService } from "../../support/fake-service.ts";
import { deliverFor, fakeChannel, message, put } from "../../support/outbox-bench.ts";
import { sqliteTestDatabase } from "../../support/sqlite-database.ts";
import { testCluster } from "../../support/probe-loop-bench.ts";
import { targetAt } from "../../support/transport-bench.ts";

const MINUTE = 60_000;
const BEAT = parseUrl("https://beat.example/");

function answering(status: () => number | null) {
  const asked: HttpExchangeRequest[] = [];
  const http = {
    async exchange(request: HttpExchangeRequest) {
      asked.push(request);
      const statusCode = status();
      const common = { durationMs: 1, timings: {} };
      if (statusCode === null)
        return { ...common, kind: "failure", reason: "refused", message: "Connection refused" } as const;
      return {
        ...common,
        kind: "response",
        statusCode,
        headers: {},
        body: new Uint8Array(),
        truncated: false,
      } as const;
    },
  };
  return { http, asked };
}

describe("the heartbeat", () => {
  const cluster = testCluster([fakeService("a", { intervalMs: 30_000, timeoutMs: 10_000 })]);
  const snapshot = {
    generation: 1,
    moment: moment(T0, []),
    body: "",
    etag: "",
    staleAtMs: Infinity,
    alerting: NO_ALERTING,
    since: SINCE_NOTHING,
  };
  const works = { schedulerWorks: true, storageWorks: true, pauses: 0, discardedChecks: 0 };
  const beatAt = async (afterMs: number, ill: Partial<HeartbeatDependencies> = {}) => {
    const { http, asked } = answering(() => 200);
    const logged: string[] = [];
    await beat({
      clock: new FakeClock(T0 + afterMs),
      http,
      log: { write: (_level, text, fields) => logged.push(`${text}: ${String(fields?.["reason"])}`) },
      outbox: { listPending: async () => [] },
      snapshots: { read: async () => snapshot },
      sweeper: { status: () => works },
      cluster: () => cluster,
      url: () => BEAT,
      apply: async () => {},
      ...ill,
    });
    return { asked: asked.length, logged };
  };
  const stuck = {
    id: "1",
    channel: "slack",
    alertIds: [],
    createdAtMs: T0,
    dueMs: T0,
    fingerprint: null,
    claimedUntilMs: 0,
    elsewhereAtMs: null,
  };

  it("beats while everything works, and nowhere when nobody listens", async () => {
    expect(await beatAt(MINUTE)).toEqual({ asked: 1, logged: [] });
    expect(await beatAt(MINUTE, { url: () => null })).toEqual({ asked: 0, logged: [] });
  });

  it.each<[reason: string, afterMs: number, ill: Partial<HeartbeatDependencies>]>([
    ["probing does not work", 0, { sweeper: { status: () => ({ ...works, schedulerWorks: false }) } }],
    ["storage does not work", 0, { sweeper: { status: () => ({ ...works, storageWorks: false }) } }],
    ["storage does not work", 0, { snapshots: { read: () => Promise.reject(new Error("disk I/O error")) } }],
    ["nothing has been committed yet", 0, { snapshots: { read: async () => null } }],
    ["no sweep has been committed", 100_001, {}],
    [
      "a message is stuck",
      5 * MINUTE + 1,
      {
        outbox: { listPending: async () => [stuck] },
        snapshots: { read: async () => ({ ...snapshot, moment: moment(T0 + 5 * MINUTE, []) }) },
      },
    ],
  ])("does not beat when %s", async (reason, afterMs, ill) => {
    expect(await beatAt(afterMs, ill)).toEqual({ asked: 0, logged: [`no heartbeat: ${reason}`] });
  });
});

describe("a standby", () => {
  it("delivers only while its primary has been silent for 3 minutes, and then also what was decided shortly before", async () => {
    const database = sqliteTestDatabase();
    const clock = new FakeClock(T0);
    const slack = fakeChannel("slack", clock);
    let status: number | null = 200;
    const { http, asked } = answering(() => status);
    const parts = {
      outbox: new OutboxSwitch(createOutbox(database.db), { write() {} }),
      occasions: createOccasions(database.db),
      clock,
      http,
      resolveName: null,
      log: { write() {} },
      random: () => 0,
      channels: () => [slack],
    };
    const target = targetAt("http://192.168.1.137:8083/health");
    const primary = () => ({ target, token: "lgm_x" });
    const standby = new Deliverer({ ...parts, mayDeliver: createStandby({ ...parts, primary }) });
    const run = (ms: number): Promise<void> => deliverFor(standby, clock, ms);

    await put(database.db, "slack", message("told by the primary", ["a"], clock.nowMs()));
    await put(
      database.db,
      "slack",
      message("told by a primary whose clock was ahead", ["a"], T0 + 400 * 1_440 * MINUTE),
    );
    await run(2 * SILENT_AFTER_MS);
    expect([slack.tried, await parts.outbox.listPending()]).toEqual([[], []]);
    expect(asked[0]).toMatchObject({ method: "GET", headers: { authorization: "Bearer lgm_x" } });

    await put(database.db, "slack", message("decided as it died", ["b"], clock.nowMs()));
    status = null;
    await run(SILENT_AFTER_MS - MINUTE);
    expect(slack.tried).toEqual([]);
    await run(2 * MINUTE);
    expect(slack.accepted).toEqual(["decided as it died"]);

    status = 200;
    await run(MINUTE);
    await put(database.db, "slack", message("the primary is back", ["c"], clock.nowMs()));
    await run(2 * SILENT_AFTER_MS);
    expect(slack.accepted).toEqual(["decided as it died"]);
    database.close();
  });
});

describe("a standby whose storage fails", () => {
  const primary = () => ({ target: targetAt("http://192.168.1.137:8083/health"), token: null });
  const full = async (): Promise<never> => {
    throw new Error("database or disk is full");
  };

  it("goes by what it remembers: one blip is no silence, and the primary is asked as seldom as ever", async () => {
    const clock = new FakeClock(T0);
    let status: number | null = 200;
    const { http, asked } = answering(() => status);
    const occasions = { last: async () => T0 - SILENT_AFTER_MS, note: full };
    const mayDeliver = createStandby({ occasions, clock, http, log: { write() {} }, primary });
    const granted: boolean[] = [];
    const askFor = async (ms: number): Promise<void> => {
      for (const endMs = clock.nowMs() + ms; clock.nowMs() < endMs; await clock.advance(1_000))
        granted.push((await mayDeliver()).isGranted);
    };
    await askFor(SILENT_AFTER_MS + MINUTE);
    expect(asked).toHaveLength((SILENT_AFTER_MS + MINUTE) / 20_000);
    status = 503;
    await askFor(SILENT_AFTER_MS - MINUTE);
    expect(granted).not.toContain(true);
    await askFor(2 * MINUTE);
    expect(granted.at(-1)).toBe(true);
  });

  it("delivers on when nothing can be read", async () => {
    const clock = new FakeClock(T0);
    const { http } = answering(() => null);
    const mayDeliver = createStandby({
      occasions: { last: full, note: full },
      clock,
      http,
      log: { write() {} },
      primary,
    });
    expect((await mayDeliver()).isGranted).toBe(false);
    await clock.advance(SILENT_AFTER_MS);
    expect((await mayDeliver()).isGranted).toBe(true);
  });

  it("is not kept from delivering by what a clock said that was ahead", async () => {
    const clock = new FakeClock(T0 + 400 * 1_440 * MINUTE);
    let status: number | null = 200;
    const { http } = answering(() => status);
    const occasions = { last: full, note: full };
    const mayDeliver = createStandby({ occasions, clock, http, log: { write() {} }, primary });
    await mayDeliver();
    clock.stepWall(-400 * 1_440 * MINUTE);
    status = null;
    expect((await mayDeliver()).isGranted).toBe(false);
    await clock.advance(SILENT_AFTER_MS);
    expect((await mayDeliver()).isGranted).toBe(true);
  });
});
