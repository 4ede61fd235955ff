/**
 * What every view must say of the monitor itself before anything else: that history is not being stored, that another one tells people.
 * Invariant: a sentence stands there for as long as it is true, whatever else could not be read.
 */
import type { MonitorContext } from "../context.ts";

export async function readBanners({
  snapshots,
  config,
}: Pick<MonitorContext, "snapshots" | "config">): Promise<string[]> {
  const faults = await snapshots.read().then(
    (snapshot) => snapshot?.moment.faults ?? [],
    () => ["What is stored cannot be read now. The log of the service has the details."],
  );
  const { primary } = config();
  const standby =
    primary === null ? [] : [`Standby: ${primary.target.host} delivers, and this one while it is silent.`];
  return [...faults, ...standby];
}
