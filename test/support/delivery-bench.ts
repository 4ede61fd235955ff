/**
 * The whole way of an alert without network and without waiting: sweep loop, real store, outbox, delivery loop, scripted channels.
 * The database may fail when the test says so; everything runs on one fake clock.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { Database } from "better-sqlite3";
import { expect } from "vitest";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { listAlerts, type AlertQuery } from "../../shared/storage/alert-log.ts";
import { createOutbox } from "../../shared/storage/outbox.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { buildCluster, type Cluster } from "../../shared/usecases/cluster.ts";
import { Deliverer } from "../../shared/usecases/delivery/deliverer.ts";
import { DeliveryLoop } from "../../shared/usecases/delivery/delivery-loop.ts";
import { OutboxSwitch } from "../../shared/usecases/delivery/outbox-switch.ts";
import { ProbeLoop } from "../../shared/usecases/probing/probe-loop.ts";
import type { News } from "../../shared/usecases/sweeping/news.ts";
import type { MonitoredService } from "../../shared/ports/prober.ts";
import { NO_ALERTING, type AlertingState } from "../../shared/domain/alerting/alerting-state.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import type { Notification } from "../../shared/domain/alerting/notification.ts";
import { CERTIFICATE_TIMES, T0 } from "./checks.ts";
import { FakeClock } from "./fake-clock.ts";
import { ACCEPTED, fakeChannel, type FakeChannel } from "./outbox-bench.ts";
import { sqliteTestDatabase } from "./sqlite-database.ts";
import { NO_HTTP } from "./probe-loop-bench.ts";

export interface DeliveryBench {
  /** As it is shown, stored or not. */
  alerting(): AlertingState;
  readonly clock: FakeClock;
  readonly loop: ProbeLoop;
  readonly slack: FakeChannel;
  /** What slack has accepted, in order. */
  readonly notified: readonly Notification[];
  readonly logged: readonly string[];
  /** The process ends as it should. */
  stop(): Promise<void>;
}

/** Every service is told of to slack at once, as a warning; of the monitor itself nobody is told. */
function tellingCluster(given: readonly MonitoredService[], channel: FakeChannel): Cluster {
  const steps = [{ afterMs: 0, channels: [channel.name] }];
  const services = given.map((each) => {
    return Object.assign(each, { alertRules: { ...each.alertRules, severity: "warning" as const } });
  });
  return buildCluster({
    node: "worker-node4",
    services,
    degradedThresholdPercent: 70,
    intervals: { degradedMs: 15_000, unhealthyMs: 5_000 },
    maxConcurrentProbes: 256,
    alerting: {
      channels: [channel],
      policies: { critical: { steps: [] }, warning: { steps }, info: { steps: [] } },
      connectivityTargets: [],
      certificateTimes: CERTIFICATE_TIMES,
      drill: null,
    },
    notice: null,
  });
}

/** Not yet started: `loop.start()` rejects when the database cannot be read. */
export function deliveryBench(
  services: readonly MonitoredService[],
  db: D1Database,
  clock: FakeClock = new FakeClock(T0),
): DeliveryBench {
  const logged: string[] = [];
  const log = { write: (level: string, message: string) => void logged.push(`${level} ${message}`) };
  let shown = NO_ALERTING;
  const notified: Notification[] = [];
  const slack = fakeChannel("slack", clock);
  slack.response = (notification) => {
    notified.push(notification);
    return ACCEPTED;
  };
  const cluster = tellingCluster(services, slack);
  const common = { clock, log, http: NO_HTTP, resolveName: null };
  const channels = () => cluster.alerting.channels;
  const outbox = new OutboxSwitch(createOutbox(db), log);
  const delivery = new DeliveryLoop(new Deliverer({ ...common, outbox, random: () => 0.5, channels }), common);
  const uses = {
    ...common,
    store: createD1Store(db),
    hostStats: { current: () => ({ cpuPercent: null, memory: null, disk: null }) },
    startedAtMs: clock.nowMs(),
    random: () => 0.5,
    onSnapshot: ({ alerting }: Snapshot) => void (shown = alerting),
    onNews(news: News) {
      outbox.tell(news);
      delivery.wake();
    },
  };
  const loop = new ProbeLoop(uses, cluster);
  return {
    alerting: () => shown,
    clock,
    loop,
    slack,
    notified,
    logged,
    async stop() {
      const stopped = loop.stop().then(() => delivery.stop());
      await clock.advance(2_000);
      await stopped;
    },
  };
}

/** The bytes of a migrated database, for databases in memory. */
export function migratedDatabase(): Buffer {
  const database = sqliteTestDatabase();
  database.sqlite.pragma("journal_mode = DELETE"); // a database in memory cannot be in WAL mode
  const bytes = database.sqlite.serialize();
  database.close();
  return bytes;
}

export function typesOf({ notified }: DeliveryBench): string[] {
  return notified.map(({ type }) => type);
}

interface OutboxRow {
  readonly id: string;
  readonly state: string;
}

export function rowsOf(db: Database): OutboxRow[] {
  return db.prepare<[], OutboxRow>("select id, state from notifications order by seq").all();
}

export function count(db: Database, sql: string): number {
  return Number(db.prepare(sql).pluck().get());
}

export const ALL_ALERTS: AlertQuery = {
  sinceMs: 0,
  untilMs: Number.MAX_SAFE_INTEGER,
  after: null,
  limit: 100,
  service: null,
  severity: null,
  isOpen: null,
};

/** What is stored agrees with itself and with what was told. */
export async function expectWhole(db: Database, bench: DeliveryBench): Promise<void> {
  const notified = bench.notified.map(({ id }) => id);
  expect(new Set(notified).size, "told twice").toBe(notified.length);
  const rows = rowsOf(db);
  expect(rows.map(({ id }) => id).toSorted(), "stored as it was told").toEqual(notified.toSorted());
  expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(["sent"]));
  const { alerting } = (await createD1Store(sqliteAsD1(db)).readSnapshot()) ?? {};
  const open = [...(alerting?.subjects.values() ?? [])].flatMap(({ alert }) => (alert?.firedAtMs ? [alert.id] : []));
  const listed = await listAlerts({ db: sqliteAsD1(db), tell() {} }, { ...ALL_ALERTS, isOpen: true });
  expect(listed.map(({ id }) => id).toSorted()).toEqual(open.toSorted());
}
