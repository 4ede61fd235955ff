/**
 * What is left in the browser after a day in which the page was open: as many updates as a day of one a second has, as fast as the page
 * takes them. With 6 services, as the figures of other monitors that it is held against were taken.
 * Invariants: no more is sent than the page has shown but for one batch, so nothing piles up on the way; memory is read after garbage
 * has been collected, and after as many updates as warm the page up.
 */
import { launchBrowser, openPage, type Memory } from "../browser/open-page.ts";
import { sendUpdates } from "../browser/send-updates.ts";
import { stageUpdates } from "../browser/update-stage.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";
import { startWatching } from "./page-load.ts";

const SERVICES = 6;
const CHANGED = 5;
const WARM_UPS = 2_000;
const DAY = 86_400;
const BATCH = 100;
/** The browser has a few more or less at any moment; one that each thousandth update leaves would be 86. */
const FEW_NODES = 50;
/** It takes two minutes and a half on two cores; a page that takes ten times as long has lost its way. */
const PATIENCE_MS = 25 * 60_000;

export const pageDay: MeasureRow = async (children) => {
  const browser = await launchBrowser(children);
  const { port } = await startWatching(children, SERVICES);
  const stage = await stageUpdates(children, port);
  const page = await openPage(browser, `${stage.origin}/dashboard`);
  const endsAtMs = Date.now() + PATIENCE_MS;
  const send = async (updates: number): Promise<void> => {
    for (let sent = 0; sent < updates; sent += BATCH) {
      if (Date.now() > endsAtMs) throw new Error(`the page has taken ${sent} updates only`);
      await sendUpdates(stage, page, { count: BATCH, changed: CHANGED, everyMs: 0 });
    }
  };
  await send(WARM_UPS);
  const warm = await page.memory();
  await send(DAY);
  const after = await page.memory();
  await page.close();
  const line = (what: string, key: keyof Memory, atMost: number): AbsoluteFigure => ({
    what: `${what} after ${DAY.toLocaleString("en")} updates, ${SERVICES} services`,
    unit: "",
    bar: { atMost, on: "max" },
    values: [after[key] - warm[key]],
  });
  return [
    line("bytes of heap more", "heapBytes", 2_000_000),
    line("listeners more", "listeners", 0),
    line("nodes more", "nodes", FEW_NODES),
  ];
};
