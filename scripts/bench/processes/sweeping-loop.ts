/**
 * A monitor to be killed: the real sweep loop over the real store on a file, on a clock that runs five times as fast.
 * Started by rows/sigkill.ts as `sweeping-loop.ts FOLDER EPOCH_MS`. The service commits once a second at most;
 * on this clock that is every 0.2 s. Has no API and no maintenance thread: checkpoints come from its own commits.
 * Invariant: a check is acknowledged, as a line of a file, after its commit has resolved and never before.
 */
import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { benchConfiguration } from "../configuration.ts";
import { openDatabaseFile } from "../../../shared/node/database-file.ts";
import { createNameResolver } from "../../../shared/node/name-resolver.ts";
import { redactedTransport } from "../../../shared/common/redacted-transport.ts";
import { sqliteAsD1 } from "../../../shared/node/sqlite-d1.ts";
import { steadyClock } from "../../../shared/common/steady-clock.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { createUndiciTransport } from "../../../shared/node/undici-transport.ts";
import type { Clock } from "../../../shared/ports/clock.ts";
import type { Store } from "../../../shared/ports/store.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { proveReadable } from "../../../shared/storage/prove-readable.ts";
import { ProbeLoop } from "../../../shared/usecases/probing/probe-loop.ts";
import { ACKNOWLEDGED, DATABASE, type StoredChecks, type SweepOrder } from "../sweeping.ts";
import { obey } from "./obey.ts";

const SPEED = 5;
/** On the fast clock, as the service's shortest time between two commits. */
const INTERVAL_S = 1;
/** Few, so that kills hit checkpoints as well. */
const CHECKPOINT_PAGES = 40;
const NO_FIGURES = { cpuPercent: null, memory: null, disk: null };

const [, , folder = "", epochMs = ""] = process.argv;
const log = { write() {} };

/** Fast from `epochMs` on, so that the next process goes on where this one was. */
const wallMs = (): number => Number(epochMs) + (Date.now() - Number(epochMs)) * SPEED;
const monotonicMs = (): number => performance.now() * SPEED;

function fastClock(floorMs: number): Clock {
  return {
    nowMs: steadyClock({ wallMs, monotonicMs }, floorMs),
    monotonicMs,
    sleep: (ms) => systemClock.sleep(ms / SPEED),
    after: (ms, run) => systemClock.after(ms / SPEED, run),
  };
}

/** Synchronous, so that a kill comes before or after a line. */
function acknowledging(store: Store): Store {
  const file = openSync(join(folder, ACKNOWLEDGED), "a");
  return {
    ...store,
    async commitSweep(commit) {
      const outcome = await store.commitSweep(commit);
      const lines = commit.checks.map(({ serviceId, checkedAtMs }) => `${serviceId} ${checkedAtMs}\n`);
      if (outcome === "committed") writeSync(file, lines.join(""));
      return outcome;
    },
  };
}

async function sweep({ targetUrls, migrationsFolder }: SweepOrder): Promise<StoredChecks> {
  const prove = (sqlite: Parameters<typeof sqliteAsD1>[0]): Promise<void> => proveReadable(sqliteAsD1(sqlite));
  const path = join(folder, DATABASE);
  const sqlite = await openDatabaseFile({ path, migrationsFolder, log, nowMs: wallMs, prove });
  sqlite.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  const store = createD1Store(sqliteAsD1(sqlite));
  const stored: string[] = [];
  for (const [index] of targetUrls.entries()) {
    const samples = await store.listSamples(`service_${index}`, 0, Number.MAX_SAFE_INTEGER);
    stored.push(...samples.map(({ serviceId, checkedAtMs }) => `${serviceId} ${checkedAtMs}`));
  }
  await watch(targetUrls, acknowledging(store));
  return stored;
}

async function watch(targetUrls: readonly string[], store: Store): Promise<void> {
  const services = targetUrls.map((url, index) => [`service_${index}`, { url, critical: true, interval: INTERVAL_S }]);
  const { cluster, redact } = benchConfiguration({ services: Object.fromEntries(services) });
  const resolveName = createNameResolver();
  const clock = fastClock((await store.readSnapshot())?.moment.atMs ?? 0);
  const loop = new ProbeLoop(
    {
      clock,
      log,
      store,
      resolveName,
      startedAtMs: clock.nowMs(),
      random: Math.random,
      hostStats: { current: () => NO_FIGURES },
      http: redactedTransport(createUndiciTransport({ resolveName }), () => redact),
      onSnapshot() {},
    },
    cluster,
  );
  await loop.start();
}

obey(sweep);
