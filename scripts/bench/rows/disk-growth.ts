/**
 * By how much the database grows for each check that it keeps for a year, after a checkpoint.
 * Listed in registry.ts. Taken between two moments at which all but the last hour has been archived: what is there only once
 * (schema, snapshot, the hour or two of the head tier) is in both, and a year makes nothing of it.
 * Invariant: sweeps go through the real store and clean-up; see processes/fill-history.ts and lifelike-checks.ts.
 */
import { join } from "node:path";
import { bundlePrograms, DIST } from "../bundle-programs.ts";
import type { ChildProcesses } from "../child-processes.ts";
import type { DatabaseSize, HoursOrder } from "../processes/fill-history.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";
import { scratchFolder } from "../scratch-folder.ts";

interface Cluster {
  readonly services: number;
  readonly firstHours: number;
  readonly hours: number;
  readonly mostBytes: number;
}

const CLUSTERS: readonly Cluster[] = [
  { services: 6, firstHours: 4, hours: 20, mostBytes: 30 },
  { services: 100, firstHours: 4, hours: 8, mostBytes: 10 },
];
/** No order may take longer than 20 s. */
const HOURS_AN_ORDER = 2;

export const diskGrowth: MeasureRow = async (children) => {
  const programs = await bundlePrograms(["fill-history"]);
  const files = await scratchFolder();
  try {
    const figures: AbsoluteFigure[] = [];
    for (const cluster of CLUSTERS) {
      const databasePath = join(files.path, `${cluster.services}.db`);
      const bytes = await growth(children, cluster, [programs.pathOf("fill-history"), databasePath]);
      const what = `database growth a check, ${cluster.services} services, a Redis among them`;
      figures.push({ what, unit: "bytes", bar: { on: "max", atMost: cluster.mostBytes }, values: [bytes] });
    }
    return figures;
  } finally {
    await Promise.all([programs.remove(), files.remove()]);
  }
};

async function growth(
  children: ChildProcesses,
  { services, firstHours, hours }: Cluster,
  [program, databasePath]: readonly [string, string],
): Promise<number> {
  const args = [String(services), databasePath, DIST];
  const history = await children.start<HoursOrder, DatabaseSize>(program, { args });
  const pass = async (count: number): Promise<DatabaseSize> => {
    let size: DatabaseSize = { checks: 0, bytes: 0 };
    for (let passed = 0; passed < count; passed += HOURS_AN_ORDER)
      size = await history.order({ hours: HOURS_AN_ORDER });
    return size;
  };
  const before = await pass(firstHours);
  const after = await pass(hours);
  return (after.bytes - before.bytes) / (after.checks - before.checks);
}
