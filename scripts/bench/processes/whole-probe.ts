/**
 * Our side of the probe rows: everything that happens to one service of a configuration between falling due and storage.
 * Started by the rows about probes, bundled, as `whole-probe.mjs KEYS`: the keys of the service, as JSON.
 * Invariants: made by the same parser as in the Node runtime, so that what the service adds to a probe is measured too; each probe has
 * what the last one has left.
 */
import { benchConfiguration } from "../configuration.ts";
import { createNameResolver } from "../../../shared/node/name-resolver.ts";
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { createUndiciTransport } from "../../../shared/node/undici-transport.ts";
import { Baselines } from "../../../shared/usecases/probing/memories.ts";
import { probeService } from "../../../shared/usecases/probing/probe-service.ts";
import { measureCalls } from "./measure-calls.ts";

const [, , keys = "{}"] = process.argv;
const config = { services: { target: JSON.parse(keys) } };
const { cluster } = benchConfiguration(config);
const [service] = cluster.services;
if (!service) throw new Error("the configuration has no service");

const resolveName = createNameResolver();
const http = createUndiciTransport({ resolveName });
const log = {
  write(_level: string, message: string) {
    throw new Error(message);
  },
};

const baselines = new Baselines({ readBaselines: async () => new Map(), writeBaseline: async () => {} }, log);

let previous: Check | null = null;

measureCalls(async () => {
  const uses = { clock: systemClock, http, resolveName, log };
  const check = await probeService(service, uses, { previous, baselines });
  previous = check;
  if (check.status !== "healthy") throw new Error(`the target is ${check.status}: ${check.message}`);
});
