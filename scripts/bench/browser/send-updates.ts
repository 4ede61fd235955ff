/**
 * Sends updates to a page that is open, and waits until it shows the last of them. Used by the rows about a page that stays open.
 * Invariant: what is sent has changed rows: the page shows the figure of the last update, and not only its time.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { MeasuredPage } from "./open-page.ts";
import type { UpdateStage } from "./update-stage.ts";

export interface Sending {
  readonly count: number;
  /** Services of which each update tells something else. */
  readonly changed: number;
  /** From one to the next; 0: one right after the other. */
  readonly everyMs: number;
}

export async function sendUpdates(
  stage: UpdateStage,
  { page }: Pick<MeasuredPage, "page">,
  { count, changed, everyMs }: Sending,
): Promise<void> {
  await stage.isHeard;
  let last = { at: "", key: "", text: "" };
  for (let index = 0; index < count; index += 1) {
    last = stage.update(changed);
    if (everyMs > 0) await sleep(everyMs);
  }
  await page.locator(`#currency time[datetime="${last.at}"]`).first().waitFor({ state: "attached" });
  const shown = await page.locator(`#row-${last.key} .number`).textContent();
  if (shown !== last.text) throw new Error(`the page shows ${shown} where it was told ${last.text}`);
}
