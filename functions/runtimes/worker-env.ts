/**
 * The bundle's Env on Workers: every implementation picked, from the bindings of the deployment and its configuration.
 * Made by worker.ts once per isolate. Holds nothing that must survive: isolates come and go.
 * Invariant: whatever one isolate knows, another one would read from D1.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { AlertCommand } from "../../shared/domain/alerting/alert-commands.ts";
import { WORKERS_ABILITIES } from "../../shared/domain/runtime-abilities.ts";
import type { Redact } from "../../shared/domain/text/redact.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { Channel } from "../../shared/ports/notifier.ts";
import type { HostStats } from "../../shared/ports/host-stats.ts";
import { createOccasions } from "../../shared/storage/occasions.ts";
import { createOutbox } from "../../shared/storage/outbox.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { beat } from "../../shared/usecases/delivery/heartbeat.ts";
import { Deliverer } from "../../shared/usecases/delivery/deliverer.ts";
import { lookAfterDrills } from "../../shared/usecases/delivery/drills.ts";
import { receiversOf } from "../../shared/usecases/delivery/remediation-channels.ts";
import { ProbeRounds } from "../../shared/usecases/probing/probe-rounds.ts";
import { createConsoleLog } from "../../shared/common/console-log.ts";
import { redactedTransport } from "../../shared/common/redacted-transport.ts";
import { createFetchTransport, type Sender } from "../../shared/workers/fetch-transport.ts";
import { workersClock } from "../../shared/workers/workers-clock.ts";
import { StandbyDelivery } from "../../shared/usecases/delivery/standby.ts";
import type { Env } from "../env.ts";
import { readConfiguration } from "./configuration.ts";

/** The bindings: the database, secrets by their names, and senders that lead into private networks. */
export interface WorkerBindings {
  readonly DB: D1Database;
  readonly [name: string]: unknown;
}

/** The platform tells no load of a machine: a Worker has none of its own. */
const NO_STATS: HostStats = { current: () => ({ cpuPercent: null, memory: null, disk: null }) };

const NODE_NAME = "cloudflare-workers";

/** A variable with a sentence that every reader of the API must see; the local demo sets it. */
const NOTICE_BINDING = "MONITORING_NOTICE";

/** Throws ConfigurationFault. `text` is the configuration that was deployed. */
export function workerEnv(bindings: WorkerBindings, text: string, clock: Clock = workersClock): Env {
  let redact: Redact = (line) => line;
  const log = createConsoleLog({
    level: "info",
    isTerminal: false,
    redact: (line) => redact(line),
    // oxlint-disable-next-line no-console -- the console is the platform's log
    write: (line) => console.log(line.trimEnd()),
    nowMs: clock.nowMs,
  });
  const notice = textOf(bindings[NOTICE_BINDING]);
  const { cluster, access, failover, hostNames, retentionMs, ...configuration } = readConfiguration(
    { name: "cluster.yaml", text, notice },
    {
      abilities: WORKERS_ABILITIES,
      defaultNode: NODE_NAME,
      ownNames: [],
      resolveReference: (name) => textOf(bindings[name]),
    },
  );
  ({ redact } = configuration);
  const store = createD1Store(bindings.DB);
  const binding = (name: string): Sender | null => (isSender(bindings[name]) ? bindings[name] : null);
  const http = redactedTransport(createFetchTransport({ clock, binding }), () => redact);
  const { random } = Math;
  const apply = (command: AlertCommand): Promise<unknown> => sweeper.apply(command);
  const channels = (): readonly Channel[] => receiversOf(cluster, { apply });
  const outbox = createOutbox(bindings.DB);
  const occasions = createOccasions(bindings.DB);
  const base = { clock, log, hostStats: NO_STATS };
  const delivery = { outbox, occasions, clock, http, log };
  const deliverer = new StandbyDelivery({
    ...delivery,
    deliverer: new Deliverer({ ...delivery, random, channels }),
    primary: () => failover.primary,
  });
  const sweeper = new ProbeRounds({ ...base, startedAtMs: null, store, http, random, deliverer }, cluster);
  const snapshots = { read: () => store.readSnapshot() };
  return {
    DB: bindings.DB,
    HOST: {
      ...base,
      http,
      turns: null,
      startedAtMs: null,
      snapshots,
      sweeper,
      async beat() {
        const parts = { ...delivery, snapshots, sweeper, cluster: () => cluster, apply };
        await lookAfterDrills(parts);
        await beat({ ...parts, url: () => failover.heartbeat });
      },
      cluster: () => cluster,
      access: () => access,
      hostNames: () => hostNames,
      retentionMs: () => retentionMs,
    },
  };
}

function textOf(binding: unknown): string | null {
  return typeof binding === "string" ? binding : null;
}

function isSender(binding: unknown): binding is Sender {
  return typeof binding === "object" && binding !== null && "fetch" in binding;
}
