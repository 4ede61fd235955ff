/**
 * Our side of the probe rows: everything that happens to one service of a configuration between falling due and storage.
 * Started by probe-cost.ts, bundled, as `whole-probe.mjs URL [pooled]`.
 * Invariant: made by the same parser as in the Node runtime, so that what the service adds to a probe is measured too.
 */
import { benchConfiguration } from "../configuration.ts";
import { createNameResolver } from "../../../shared/node/name-resolver.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { createUndiciTransport } from "../../../shared/node/undici-transport.ts";
import { Baselines } from "../../../shared/usecases/probing/memories.ts";
import { probeService } from "../../../shared/usecases/probing/probe-service.ts";
import { measureCalls } from "./measure-calls.ts";

const [, , url = "", connection] = process.argv;
const config = { services: { target: { url, pooled: connection === "pooled" } } };
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

measureCalls(async () => {
  const uses = { clock: systemClock, http, resolveName, log };
  const { status, message } = await probeService(service, uses, { previous: null, baselines });
  if (status !== "healthy") throw new Error(`the target is ${status}: ${message}`);
});
