/**
 * When the page is ready for whoever opens it, with 6 and with 200 services: Lighthouse's "Time to Interactive" (interactive.ts), and not
 * before its own scripts have run. Gatus, against which it was to be held, is not here; so the reference is a blank page of the same run,
 * with the bar of the first paint, since a page without long tasks is ready as soon as it is painted; and that this is so is judged
 * against the first paint of the same load, with any number of rows.
 * Invariants: every load is a cold one; a page whose filter does nothing is not measured.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { launchBrowser, openPage, type MeasuredPage } from "../browser/open-page.ts";
import type { ChildProcesses } from "../child-processes.ts";
import { interactiveMs, type LoadTrace } from "../interactive.ts";
import { serveBlankPage } from "../loopback.ts";
import { figures, pairedRounds, type Figure, type MeasureRow } from "../row.ts";
import { startWatching } from "./page-load.ts";

const TURNS = { warmUps: 1, rounds: 5 };
const SIZES = [
  { services: 6, bar: { atMost: 3 } },
  // How long the paint of so many rows takes is the browser's business.
  { services: 200, bar: null },
] as const;

/** What is seen can be used: nothing that a person would notice comes between. */
const AFTER_PAINT = { atMost: 1.5 };

const LOOK_EVERY_MS = 500;
const PATIENCE_MS = 60_000;

export const pageInteractive: MeasureRow = async (children) => {
  const browser = await launchBrowser(children);
  const lines: Figure[] = [];
  for (const size of SIZES) lines.push(...(await measureReadiness(children, browser, size)));
  return lines;
};

async function measureReadiness(
  children: ChildProcesses,
  browser: Browser,
  { services, bar }: (typeof SIZES)[number],
): Promise<Figure[]> {
  const { port } = await startWatching(children, services);
  const blank = await serveBlankPage();
  const measure = async (url: string, check?: (page: MeasuredPage) => Promise<void>): Promise<Ready> => {
    const page = await openPage(browser, url, NOTE_LONG_TASKS);
    const ready = await waitUntilReady(page);
    await check?.(page);
    await page.close();
    return ready;
  };
  const rounds = await pairedRounds(TURNS, {
    ours: () => measure(`http://127.0.0.1:${port}/dashboard`, requireFilter),
    reference: () => measure(blank.origin),
  });
  await blank.close();
  const own = rounds.map(({ ours }) => ({ ours: ours.readyMs, reference: ours.firstPaintMs }));
  const line = (reference: string): string => `time to interactive, against ${reference}, ${services} services`;
  return [
    { what: line("a blank page"), unit: "ms", bar, rounds: figures(rounds, ({ readyMs }) => readyMs) },
    { what: line("its first paint"), unit: "ms", bar: AFTER_PAINT, rounds: own },
  ];
}

interface Ready {
  readonly readyMs: number;
  readonly firstPaintMs: number;
}

async function waitUntilReady({ page, underWay }: MeasuredPage): Promise<Ready> {
  const endsAtMs = Date.now() + PATIENCE_MS;
  while (Date.now() < endsAtMs) {
    const trace = await page.evaluate<LoadTrace>(TRACE);
    const readyMs = interactiveMs(trace);
    // What has not been loaded yet is not among the requests of the trace.
    if (readyMs !== null && underWay() === 0) return { readyMs, firstPaintMs: trace.firstPaintMs };
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error("the page does not come to rest");
}

async function requireFilter({ page }: MeasuredPage): Promise<void> {
  await page.locator("#filter").fill("service 3");
  await page.locator("#filtered", { hasText: / of / }).waitFor({ timeout: PATIENCE_MS });
}

/** Before anything of the page runs. */
const NOTE_LONG_TASKS = `
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      window.longTasks.push({ startMs: startTime, endMs: startTime + duration });
  }).observe({ type: "longtask" });
`;

/** Deferred scripts have run when the event DOMContentLoaded is over. */
const TRACE = `(() => {
  const [navigation] = performance.getEntriesByType("navigation");
  const loads = [navigation, ...performance.getEntriesByType("resource")];
  return {
    firstPaintMs: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity,
    scriptsMs: navigation.domContentLoadedEventEnd,
    longTasks: window.longTasks,
    requests: loads.map(({ startTime, responseEnd }) => ({ startMs: startTime, endMs: responseEnd })),
    untilMs: performance.now(),
  };
})()`;
