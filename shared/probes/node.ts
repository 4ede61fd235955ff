/**
 * Check type `node`: another machine of the cluster, by this same service's `/stats` there (`MODE=node`) or by Prometheus' node_exporter.
 * Its figures stand in `cluster_stats.remote_nodes`. Invariant: a figure that the machine does not tell is nothing against it.
 */
import * as z from "zod/mini";
import type { Json, Machine } from "../domain/monitoring/check.ts";
import { machineJson } from "../domain/monitoring/machine-json.ts";
import type { Finding, ProbeContext } from "../ports/prober.ts";
import { defineCheckType } from "./check-type.ts";
import { PLACE_KEYS } from "./http-place.ts";
import { packCpu, readExporter, readStats, unpackCpu } from "./machine-figures.ts";
import { observe, type ProbeFailure } from "./observe.ts";
import { measureReply } from "./replies.ts";
import { statusFailure } from "./status-failure.ts";
import { serverApi, type Answered, type Asking, type OpenApi } from "./server-api.ts";

const STATS = "/stats";
const METRICS = "/metrics";

const limit = z.number().check(z.gt(0), z.lte(100));

const KEYS = {
  ...PLACE_KEYS,
  mount: z
    ._default(z.string().check(z.regex(/^\//, { error: "a path that begins with /" })), "/")
    .check(z.describe("With node_exporter: where the file system is mounted whose space counts.")),
  max_disk: z._default(limit, 95).check(z.describe("Percent of the disk in use; beyond it the machine is degraded.")),
  max_memory: z.optional(limit).check(z.describe("The same of its memory. Default: no limit.")),
  max_cpu: z.optional(limit).check(z.describe("The same of its CPU. Default: no limit.")),
  max_temperature: z
    .optional(z.number().check(z.gt(0), z.lte(150)))
    .check(z.describe("Degrees Celsius of its hottest sensor. Default: no limit.")),
};

type NodeSettings = z.output<z.ZodMiniObject<typeof KEYS>>;

export const node = defineCheckType({
  keys: KEYS,
  secretKeys: [],
  tuningKeys: ["max_disk", "max_memory", "max_cpu", "max_temperature"],
  configure(settings, report, abilities) {
    const open = serverApi(settings, { endpoints: [STATS, METRICS], report, abilities });
    return open && ((context) => probeNode(open, settings, context));
  },
});

/** What tells how the machine is. */
interface Source {
  readonly path: string;
  /** Null: that is not what this source says. */
  read(answer: Answered, memory: Json, settings: NodeSettings): Told | null;
}

interface Told {
  readonly machine: Machine;
  readonly memory: Json;
  readonly hasMount: boolean;
}

const SOURCES: readonly Source[] = [
  {
    path: STATS,
    read({ json }) {
      const machine = readStats(json);
      return machine && { machine, memory: null, hasMount: true };
    },
  },
  {
    path: METRICS,
    read({ text }, memory, { mount }) {
      const read = readExporter(text, { before: unpackCpu(memory), mount });
      return read && { machine: read.machine, memory: packCpu(read.cpu), hasMount: read.hasMount };
    },
  },
];

const NEITHER: ProbeFailure = {
  reason: "protocol",
  message: "Neither /stats of this service nor /metrics of node_exporter answers there",
};

async function probeNode(open: OpenApi, settings: NodeSettings, context: ProbeContext): Promise<Finding> {
  const asking = open(context);
  // Who was asked for its metrics before has left something.
  const sources = context.memory === null ? SOURCES : SOURCES.toReversed();
  let first: Finding | null = null;
  for (const source of sources) {
    const found = await askSource(source, { asking, settings, memory: context.memory });
    if (found.status !== "unhealthy" || found.reason !== "protocol") return found;
    first ??= found;
  }
  return first ?? observe(NEITHER, { responseTimeMs: asking.elapsedMs(), details: {} });
}

interface AskingFor {
  readonly asking: Asking;
  readonly settings: NodeSettings;
  readonly memory: Json;
}

async function askSource(source: Source, { asking, settings, memory }: AskingFor): Promise<Finding> {
  const reply = await asking.ask({ path: source.path });
  const measured = measureReply(reply);
  if (reply.kind === "failure") return observe(reply, measured);
  const { statusCode } = reply;
  if (statusCode === 404) return observe(NEITHER, measured);
  const refusal = statusFailure(statusCode);
  if (refusal) return observe(refusal, measured);
  const told = source.read(reply, memory, settings);
  if (!told) return observe(NEITHER, measured);
  const details = { ...measured.details, machine: told.machine, body: { json: machineJson(told.machine) } };
  const failure = told.hasMount ? findExcess(told.machine, settings) : notMounted(settings.mount);
  return { ...observe(failure, { ...measured, details }), memory: told.memory };
}

function notMounted(mount: string): ProbeFailure {
  return { reason: "config", message: `No file system is mounted at ${mount} there: \`mount\` says which one counts` };
}

interface Limit {
  readonly what: string;
  readonly unit: string;
  readonly reason: "full" | "overloaded";
  readonly found: number | null;
  readonly most: number | undefined;
}

/** All figures that are beyond their limits; what is full comes first. */
function findExcess(machine: Machine, settings: NodeSettings): ProbeFailure | null {
  const { max_disk: disk, max_memory: memory, max_cpu: cpu, max_temperature: temperature } = settings;
  const limits: readonly Limit[] = [
    { what: "The disk is", unit: " % full", reason: "full", found: machine.diskPercent, most: disk },
    { what: "The memory is", unit: " % in use", reason: "full", found: machine.memoryPercent, most: memory },
    { what: "The CPU is", unit: " % busy", reason: "overloaded", found: machine.cpuPercent, most: cpu },
    { what: "It is", unit: " °C hot", reason: "overloaded", found: machine.temperatureC, most: temperature },
  ];
  const excess = limits.filter(({ found, most }) => found !== null && most !== undefined && found > most);
  const [first] = excess;
  if (!first) return null;
  const told = excess.map(({ what, unit, found, most }) => `${what} ${found}${unit}, its limit is ${most}`);
  return { reason: first.reason, message: told.join(". ") };
}
