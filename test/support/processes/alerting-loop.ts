/**
 * A monitor to be killed while it commits, sends and marks: the real rules, store, outbox, deliverer and channel, on a clock that
 * goes ten seconds a sweep. Started by test/faults/alert-kills.test.ts as `alerting-loop.ts FOLDER`. Probes nothing: each of four services
 * fails three times and recovers twice, over and over.
 * Invariant: it goes on where the process before it was killed, and knows nothing that is not stored.
 */
import { join } from "node:path";
import { benchConfiguration } from "../../../scripts/bench/configuration.ts";
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import { openDatabaseFile } from "../../../shared/node/database-file.ts";
import { createNameResolver } from "../../../shared/node/name-resolver.ts";
import { sqliteAsD1 } from "../../../shared/node/sqlite-d1.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { createUndiciTransport } from "../../../shared/node/undici-transport.ts";
import type { Clock } from "../../../shared/ports/clock.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { proveReadable } from "../../../shared/storage/prove-readable.ts";
import { Deliverer } from "../../../shared/usecases/delivery/deliverer.ts";
import { draftSweep } from "../../../shared/usecases/sweeping/draft-sweep.ts";
import { HOOK_SECRET, type AlertingOrder, type AlertingReport } from "../alerting-order.ts";
import { obey } from "../../../scripts/bench/processes/obey.ts";

const SWEEP_MS = 10_000;
const SERVICES = 4;
/** Three failures fire, two successes resolve. */
const CYCLE = 5;
const FAILING = 3;
const EPOCH_MS = 1_773_136_800_000;
/** After a kill: longer than a claim of the one that was killed. */
const AFTER_KILL_MS = 60_000;
const NO_FIGURES = { cpuPercent: null, memory: null, disk: null };

const [, , folder = ""] = process.argv;
const log = { write() {} };

let nowMs = EPOCH_MS;
const clock: Clock = { ...systemClock, nowMs: () => nowMs, sleep: async () => {} };

async function open(migrationsFolder: string, receiverUrl: string) {
  const prove = (sqlite: Parameters<typeof sqliteAsD1>[0]): Promise<void> => proveReadable(sqliteAsD1(sqlite));
  const path = join(folder, "bench.db");
  const sqlite = await openDatabaseFile({ path, migrationsFolder, log, nowMs: () => nowMs, prove });
  const db = sqliteAsD1(sqlite);
  const store = createD1Store(db);
  const names = Array.from({ length: SERVICES }, (_, index) => `service_${index}`);
  const services = names.map((name) => [name, { url: `http://127.0.0.1:9/${name}`, critical: true, flapping: false }]);
  const hook = { type: "webhook", url: receiverUrl, secret: "${HOOK_SECRET}" };
  const config = { services: Object.fromEntries(services), alerting: { channels: { hook } } };
  const { cluster } = benchConfiguration(config, { HOOK_SECRET });
  const outbox = createOutbox(db);
  const resolveName = createNameResolver();
  const http = createUndiciTransport({ resolveName });
  const deliverer = new Deliverer({
    outbox,
    clock,
    http,
    resolveName,
    log,
    random: Math.random,
    channels: () => cluster.alerting.channels,
  });
  const snapshot = await store.readSnapshot();
  nowMs = Math.max(nowMs, (snapshot?.moment.atMs ?? 0) + AFTER_KILL_MS);
  return { sqlite, store, outbox, deliverer, cluster };
}

type Monitor = Awaited<ReturnType<typeof open>>;
let monitor: Monitor | null = null;

function checksOf(sweep: number, heals: boolean): Check[] {
  return Array.from({ length: SERVICES }, (_, index) => {
    const fails = !heals && (sweep + index) % CYCLE < FAILING;
    const problem = fails ? ({ status: "error", reason: "refused", message: "Connection refused" } as const) : OK;
    return {
      ...problem,
      serviceId: `service_${index}`,
      checkedAtMs: nowMs,
      responseTimeMs: 1,
      statusCode: null,
      details: {},
    };
  });
}

const OK = { status: "healthy", reason: null, message: null } as const;

async function sweepOnce({ store, cluster }: Monitor, heals: boolean): Promise<void> {
  nowMs += SWEEP_MS;
  const previous = await store.readSnapshot();
  const sweep = Math.round((nowMs - EPOCH_MS) / SWEEP_MS);
  const dependencies = { clock, startedAtMs: nowMs, hostStats: { current: () => NO_FIGURES } };
  const input = { cluster, previous, checks: checksOf(sweep, heals), faults: [] };
  await store.commitSweep(draftSweep(dependencies, input).commit);
}

async function run({ receiverUrl, migrationsFolder, sweeps, heals }: AlertingOrder): Promise<AlertingReport> {
  monitor ??= await open(migrationsFolder, receiverUrl);
  for (let count = 0; count < sweeps; count += 1) {
    await sweepOnce(monitor, heals);
    await monitor.deliverer.deliverDue();
  }
  return report(monitor);
}

async function report({ sqlite, outbox }: Monitor): Promise<AlertingReport> {
  const column = <Value>(sql: string): Value[] => sqlite.prepare<[], Value>(sql).pluck().all();
  return {
    transitions: column<number>("select count(*) from transitions")[0] ?? 0,
    messageIds: column<string>("select id from notifications"),
    alertIds: column<string>("select id from alerts"),
    openAlerts: column<number>("select count(*) from alerts where ended_at_ms is null")[0] ?? 0,
    waitingMessages: (await outbox.listPending()).length,
  };
}

obey(run);
