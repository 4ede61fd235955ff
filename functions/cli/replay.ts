/**
 * `npm run replay -- --policy other.yaml [--since 7d]`: which messages another configuration would have sent for what is stored.
 * Reads the database (MONITORING_DB) and the configuration in force (MONITORING_CONFIG); `other.yaml` is a whole configuration,
 * or only the keys that differ, such as `alerting`. Secrets need not be there.
 * Invariant: it only reads, and sends nothing.
 */
import Database from "better-sqlite3";
import { hostname } from "node:os";
import { parse, stringify } from "yaml";
import { ConfigurationFault, readConfiguration, readSource } from "../monitor/configuration.ts";
import { openStorage } from "../storage.ts";
import { parseOnce, readArguments } from "../../shared/node/read-arguments.ts";
import { parseDurationMs } from "../../shared/probes/duration.ts";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import type { Outgoing } from "../../shared/domain/alerting/grouping.ts";
import { NODE_ABILITIES } from "../../shared/domain/runtime-abilities.ts";
import { notificationTitle } from "../../shared/domain/alerting/notification-text.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { configurationFile, findConfiguration } from "../../shared/node/configuration-file.ts";
import { EnvironmentFault } from "../../shared/node/environment-fault.ts";
import { databasePath, variable } from "../../shared/node/environment.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import type { Log } from "../../shared/ports/log.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";
import { replay } from "../../shared/usecases/delivery/replay.ts";

const USAGE = "usage: npm run replay -- --policy other.yaml [--since 7d]";
const EXIT_CONFIG = 78;

/** Fits wherever a secret may stand: nothing is sent. */
const ANY_SECRET = "https://replay.invalid/no-secret-is-needed";

/** Beside the report, which is the output. */
const log: Log = { write: (_level, message, fields) => console.error(message, fields) };

/** The other configuration, on top of the one in force where it does not name services itself. */
async function readCluster(path: string): Promise<Cluster> {
  const other: unknown = parse(await readSource(configurationFile(path)));
  const isWhole = typeof other === "object" && other !== null && "services" in other;
  const inForce = isWhole ? null : (variable(process.env, "MONITORING_CONFIG") ?? findConfiguration());
  const base: unknown = inForce !== null ? parse(await readSource(configurationFile(inForce))) : {};
  const text = stringify({ ...Object(base), ...Object(other) });
  const { cluster } = readConfiguration(
    { name: path, text, notice: null },
    {
      abilities: NODE_ABILITIES,
      nodeName: hostname(),
      ownNames: [],
      resolveReference: (name) => process.env[name] ?? ANY_SECRET,
    },
  );
  return cluster;
}

async function storedChecks(path: string, cluster: Cluster, sinceMs: number): Promise<Check[]> {
  const sqlite = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const { store } = openStorage(sqliteAsD1(sqlite), { log, turns: null, faults: () => [] });
    const checks: Check[] = [];
    for (const { id } of cluster.roster) checks.push(...(await store.listSamples(id, sinceMs, Date.now())));
    return checks.toSorted((left, right) => left.checkedAtMs - right.checkedAtMs);
  } finally {
    sqlite.close();
  }
}

function report(checks: readonly Check[], outgoing: readonly Outgoing[]): void {
  for (const { channel, notification } of outgoing) {
    const columns = [formatTimestamp(notification.atMs), channel.padEnd(10), notification.type.padEnd(15)];
    console.log([...columns, notificationTitle(notification)].join("  "));
  }
  console.log(`${checks.length} checks replayed, ${outgoing.length} messages would have been sent`);
}

const { policy, periodMs } = readArguments(() => {
  const { values } = parseOnce({ options: { policy: { type: "string" }, since: { type: "string", default: "7d" } } });
  const period = parseDurationMs(values.since);
  if (values.policy === undefined || period === null) throw new Error();
  return { policy: values.policy, periodMs: period };
}, USAGE);
try {
  const cluster = await readCluster(policy);
  const path = databasePath(process.env, { isDemo: false });
  const checks = await storedChecks(path, cluster, Date.now() - periodMs);
  report(checks, replay({ cluster, checks, untilMs: checks.at(-1)?.checkedAtMs ?? 0 }));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof ConfigurationFault || error instanceof EnvironmentFault ? EXIT_CONFIG : 1;
}
