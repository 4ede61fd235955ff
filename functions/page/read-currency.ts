/** How current a page is that shows the last commit. Used by the pages that are kept up to date, but for Now, which has read it already. */
import type { MonitorContext } from "../context.ts";
import { currencyOf, type Currency } from "./currency.ts";

/** While the last commit cannot be read nobody knows of when it is, and the page's banner says why. */
export async function readCurrency(
  { snapshots, cluster }: Pick<MonitorContext, "snapshots" | "cluster">,
  nowMs: number,
): Promise<Currency> {
  const snapshot = await snapshots.read().catch(() => null);
  return currencyOf(snapshot?.moment.atMs ?? null, cluster().services, nowMs);
}
