/**
 * The channels inside workerd, as a test on Node uses them: every delivery is one request to channel-worker.ts.
 */
import { fileURLToPath } from "node:url";
import type { Delivered, DeliveryOrder } from "../delivery-order.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

/** `ca`: PEM of an authority that it trusts beside the usual ones. */
export const startChannelWorker = (ca: string): Promise<Workerd> =>
  startWorkerd(fileURLToPath(new URL("channel-worker.ts", import.meta.url)), ca);

export async function remoteDelivery({ port }: Workerd, order: DeliveryOrder): Promise<Delivered> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: JSON.stringify(order) });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Delivered;
}
