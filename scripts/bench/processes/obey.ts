/**
 * The program's side of child-processes.ts: says that it is ready, then obeys one order after the other.
 * Every program in this folder calls it once. Invariant: the program ends when its parent does or closes the channel.
 */
import type { Reply } from "../child-processes.ts";

/** A rejection of `run` becomes the reply; the program lives on. */
export function obey<Order>(run: (order: Order) => unknown): void {
  const send = (reply: Reply): void => void process.send?.(reply);
  const obeyOne = async (order: Order): Promise<void> => {
    try {
      send({ result: (await run(order)) ?? null });
    } catch (error) {
      send({ error: error instanceof Error ? error.message : String(error) });
    }
  };
  process.on("message", (order: Order) => void obeyOne(order));
  process.once("disconnect", () => process.exit(0));
  send({ result: "ready" });
}
