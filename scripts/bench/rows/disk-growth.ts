/**
 * By how much the database grows for each check that it keeps for a year, after a checkpoint.
 * Listed in registry.ts. Taken between two moments at which all but the last hour has been archived: what is there only once
 * (schema, snapshot, the hour or two of the head tier) is in both, and a year makes nothing of it.
 * Invariant: sweeps go through the real store and clean-up; see processes/fill-history.ts and lifelike-checks.ts.
 */
import type { ChildProcesses } from "../child-processes.ts";
import type { DatabaseSize, HoursOrder } from "../processes/fill-history.ts";
import { programPath } from "../programs.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";
import { databaseIn } from "../service.ts";

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
/** No order may take longer than two minutes. */
const HOURS_AN_ORDER = 2;

export const diskGrowth: MeasureRow = async (children) => {
  const figures: AbsoluteFigure[] = [];
  for (const cluster of CLUSTERS) {
    const what = `database growth a check, ${cluster.services} services, a Redis among them`;
    const bar = { on: "max", atMost: cluster.mostBytes } as const;
    figures.push({ what, unit: "bytes", bar, values: [await growth(children, cluster)] });
  }
  return figures;
};

async function growth(children: ChildProcesses, { services, firstHours, hours }: Cluster): Promise<number> {
  const args = [String(services), databaseIn(await children.folder())];
  const history = await children.start<HoursOrder, DatabaseSize>(programPath("fill-history"), { args });
  const pass = async (count: number): Promise<DatabaseSize> => {
    const size = await history.order({ hours: HOURS_AN_ORDER });
    return count > HOURS_AN_ORDER ? pass(count - HOURS_AN_ORDER) : size;
  };
  const before = await pass(firstHours);
  const after = await pass(hours);
  return (after.bytes - before.bytes) / (after.checks - before.checks);
}
