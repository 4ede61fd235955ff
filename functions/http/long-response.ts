/**
 * Answers that take milliseconds to make, made in turns with everything else the thread has to do.
 * Used by the history endpoints. Invariant: between two pauses there is about a millisecond of work.
 */
import type { MonitorContext } from "../context.ts";
import { jsonBytes, type Bytes } from "./bytes.ts";

/** To be awaited between pieces of work; see the port Turns. */
export type Pause = () => Promise<void>;

/** @param compose makes the JSON, as text or in UTF-8; the store it asks pauses by itself */
export async function longResponse(
  { turns }: Pick<MonitorContext, "turns">,
  compose: (pause: Pause) => Promise<Bytes["body"]>,
): Promise<Bytes> {
  return jsonBytes(turns ? await turns.run(() => compose(() => turns.pause())) : await compose(async () => {}));
}

/** The JSON text of a list whose items take long enough for a turn each. */
export async function jsonList<Item>(
  items: readonly Item[],
  pause: Pause,
  render: (item: Item) => unknown,
): Promise<string> {
  const texts: string[] = [];
  for (const item of items) {
    await pause();
    texts.push(JSON.stringify(render(item)));
  }
  return `[${texts.join(",")}]`;
}
