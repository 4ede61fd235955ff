/**
 * Answers that take milliseconds to make, made in turns with everything else the thread has to do.
 * Used by the history endpoints. Invariant: between two pauses there is about a millisecond of work.
 */
import type { Host } from "../env.ts";
import { jsonTextResponse } from "./headers.ts";

/** To be awaited between pieces of work; see the port Turns. */
export type Pause = () => Promise<void>;

/** @param compose makes the JSON, as text or in UTF-8; the store it asks pauses by itself */
export async function longResponse(
  { turns }: Pick<Host, "turns">,
  compose: (pause: Pause) => Promise<string | Uint8Array<ArrayBuffer>>,
): Promise<Response> {
  const json = turns ? await turns.run(() => compose(() => turns.pause())) : await compose(async () => {});
  return jsonTextResponse(json);
}

export interface JsonListOptions<Item> {
  /** How many items are rendered between two pauses. */
  readonly itemsATurn: number;
  readonly pause: Pause;
  render(item: Item): unknown;
}

/** The JSON text of a list. */
export async function jsonList<Item>(
  items: readonly Item[],
  { itemsATurn, pause, render }: JsonListOptions<Item>,
): Promise<string> {
  const texts: string[] = [];
  for (const [index, item] of items.entries()) {
    if (index % itemsATurn === 0) await pause();
    texts.push(JSON.stringify(render(item)));
  }
  return `[${texts.join(",")}]`;
}
