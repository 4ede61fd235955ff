/**
 * What a page costs that is left open: work of the browser for an update, memory after many, how soon a key shows its rows, and how soon a
 * commit is seen.
 * Invariants: updates are made of what the service sends (browser/update-stage.ts); memory is read after as many updates as warm it up.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { launchBrowser, openPage, type MeasuredPage } from "../browser/open-page.ts";
import { sendUpdates } from "../browser/send-updates.ts";
import { stageUpdates } from "../browser/update-stage.ts";
import type { MeasureRow } from "../row.ts";
import { startService, watching } from "../service.ts";
import { quantile } from "../statistics.ts";
import { startTarget } from "../target.ts";
import { startWatching } from "./page-load.ts";

const SERVICES = 200;
const CHANGED = 5;
const COUNTED = 100;
/** Each is painted before the next one comes. */
const COUNTED_EVERY_MS = 100;
const WARM_UPS = 200;
const MANY = 2_000;
const MANY_EVERY_MS = 10;
const KEYS = "service 17";
const TYPED = 5;
const SEEN_MS = 40_000;

export const pageLive: MeasureRow = async (children) => {
  const browser = await launchBrowser(children);
  const { port } = await startWatching(children, SERVICES);
  const stage = await stageUpdates(children, port);
  const page = await openPage(browser, `${stage.origin}/dashboard`);
  const send = (count: number, everyMs: number) => sendUpdates(stage, page, { count, changed: CHANGED, everyMs });
  await send(10, COUNTED_EVERY_MS);
  const values: number[] = [];
  while (values.length < 3) {
    const beforeMs = await page.taskMs();
    await send(COUNTED, COUNTED_EVERY_MS);
    values.push(((await page.taskMs()) - beforeMs) / COUNTED);
  }
  await send(WARM_UPS, MANY_EVERY_MS);
  const warm = await page.memory();
  await send(MANY, MANY_EVERY_MS);
  const after = await page.memory();
  const shift = await page.layoutShift();
  const keyMs = await typeKeys(page);
  await page.close();
  const what = `${SERVICES} services`;
  return [
    {
      what: `main thread for an update, ${CHANGED} of ${what} changed`,
      unit: "ms",
      bar: { atMost: 10, on: "median" },
      values,
    },
    {
      what: `heap after ${MANY} updates more, ${what}`,
      unit: "bytes",
      bar: { atMost: 2_000_000, on: "max" },
      values: [after.heapBytes - warm.heapBytes],
    },
    {
      what: "listeners more by then",
      unit: "",
      bar: { atMost: 0, on: "max" },
      values: [after.listeners - warm.listeners],
    },
    { what: `layout shift, ${what}`, unit: "", bar: { atMost: 0, on: "max" }, values: [shift] },
    {
      what: `p95 from a key in the filter to the frame, ${what}`,
      unit: "ms",
      bar: { atMost: 50, on: "max" },
      values: [quantile(keyMs, 0.95)],
    },
  ];
};

/** From each key to the frame after it. */
async function typeKeys({ page }: MeasuredPage): Promise<number[]> {
  await page.locator("#filter").focus();
  await page.evaluate(WATCH_KEYS);
  for (let round = 0; round < TYPED; round += 1) {
    await page.keyboard.type(KEYS, { delay: 60 });
    for (const _ of KEYS) await page.keyboard.press("Backspace", { delay: 60 });
  }
  return page.evaluate<number[]>("window.keyMs");
}

const WATCH_KEYS = `
  window.keyMs = [];
  document.addEventListener("keydown", ({ timeStamp }) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.keyMs.push(performance.now() - timeStamp);
      channel.port2.postMessage(null);
    });
  }, true);
`;

export const pageSeen: MeasureRow = async (children) => {
  const browser = await launchBrowser(children);
  const target = await startTarget(children);
  const { port } = await startService(children, watching(target.urls(6), 1));
  const { page, close } = await openPage(browser, `http://127.0.0.1:${port}/dashboard`);
  await page.evaluate(WATCH_COMMITS);
  await sleep(SEEN_MS);
  const seenMs = await page.evaluate<number[]>("window.seenMs");
  await close();
  if (seenMs.length < 20) throw new Error(`only ${seenMs.length} commits were seen`);
  return [
    {
      what: `p95 from a commit to the frame that shows it, of ${seenMs.length}`,
      unit: "ms",
      bar: { atMost: 300, on: "max" },
      values: [quantile(seenMs, 0.95)],
    },
  ];
};

const WATCH_COMMITS = `
  window.seenMs = [];
  const shown = document.querySelector("#currency time");
  new MutationObserver(() => {
    const atMs = Date.parse(shown.dateTime);
    requestAnimationFrame(() => window.seenMs.push(Date.now() - atMs));
  }).observe(shown, { attributes: true, attributeFilter: ["datetime"] });
`;
