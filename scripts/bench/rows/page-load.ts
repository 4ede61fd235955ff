/**
 * What it takes to open the page, with 6 and with 200 services: bytes, requests, first paint beside that of a blank page, layout shift,
 * memory; and the CPU that the service spends on it.
 * Invariants: every load is a cold one; the blank page comes from a bare server on the same machine.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { Client } from "undici";
import { launchBrowser, openPage, type MeasuredPage } from "../browser/open-page.ts";
import type { ChildProcesses } from "../child-processes.ts";
import { serveBlankPage } from "../loopback.ts";
import { cpuTimeUs } from "../proc.ts";
import { pairedRounds, type AbsoluteFigure, type Figure, type MeasureRow } from "../row.ts";
import { probeAll, startService, watching, type Service } from "../service.ts";
import { startTarget } from "../target.ts";

const TURNS = { warmUps: 1, rounds: 5 };
const SETTLED_MS = 2_000;
/** As many before anything is measured: a service has been at work for longer, and what V8 has not compiled yet takes twice as long. */
const MADE_PAGES = 500;
const KEPT_PAGES = 3_000;

const SIZES = [
  { services: 6, mostBytes: 30_000, mostHeapBytes: 2_000_000, paint: { atMost: 3 } },
  { services: 200, mostBytes: 50_000, mostHeapBytes: 4_000_000, paint: null },
] as const;

export const pageLoad: MeasureRow = async (children) => {
  const browser = await launchBrowser(children);
  const lines: Figure[] = [];
  for (const size of SIZES)
    lines.push(...(await measureLoads(browser, await startWatching(children, size.services), size)));
  return lines;
};

export async function startWatching(children: ChildProcesses, count: number): Promise<Service> {
  const target = await startTarget(children);
  const service = await startService(children, watching(target.urls(count)));
  await probeAll(service);
  return service;
}

async function measureLoads(
  browser: Browser,
  { port }: Service,
  { services, mostBytes, mostHeapBytes, paint }: (typeof SIZES)[number],
): Promise<Figure[]> {
  const blank = await serveBlankPage();
  const pages: MeasuredPage[] = [];
  const rounds = await pairedRounds(TURNS, {
    ours: async () => {
      const page = await openPage(browser, `http://127.0.0.1:${port}/dashboard`);
      pages.push(page);
      return page.firstPaintMs();
    },
    reference: async () => {
      const page = await openPage(browser, blank.origin);
      const firstPaintMs = await page.firstPaintMs();
      await page.close();
      return firstPaintMs;
    },
  });
  await sleep(SETTLED_MS);
  const measured = await Promise.all(
    pages.map(async (page) => ({
      shift: await page.layoutShift(),
      heap: (await page.memory()).heapBytes,
      ...page.loaded,
    })),
  );
  await Promise.all([...pages.map((page) => page.close()), blank.close()]);
  type Measured = (typeof measured)[number];
  const figure = (what: string, atMost: number, pick: (one: Measured) => number): AbsoluteFigure => {
    const values = measured.map(pick);
    return { what: `${what}, ${services} services`, unit: "", bar: { atMost, on: "max" }, values };
  };
  return [
    figure("bytes of the page with all it loads", mostBytes, ({ bytes }) => bytes),
    figure("requests for it", 4, ({ requests }) => requests),
    { what: `first paint, against a blank page, ${services} services`, unit: "ms", bar: paint, rounds },
    figure("layout shift", 0, ({ shift }) => shift),
    figure("bytes of heap", mostHeapBytes, ({ heap }) => heap),
  ];
}

export const pageCpu: MeasureRow = async (children) => {
  const { port, pid } = await startWatching(children, 200);
  // It leaves the page packed. One that unpacks it asks so slowly that many pages are made anew in between, as after each second.
  const client = new Client(`http://127.0.0.1:${port}`);
  const load = async (path: string): Promise<void> => {
    const { body } = await client.request({ path, method: "GET", headers: { "accept-encoding": "gzip" } });
    await body.dump({ limit: Infinity });
  };
  const cpuMs = async (path: string, pages: number): Promise<number> => {
    for (let warm = 0; warm < pages; warm += 1) await load(path);
    const beforeUs = cpuTimeUs(pid);
    for (let page = 0; page < pages; page += 1) await load(path);
    return (cpuTimeUs(pid) - beforeUs) / 1_000 / pages;
  };
  const line = (what: string, atMost: number, value: number): AbsoluteFigure => ({
    what: `CPU of the service for a page of 200 services, ${what}`,
    unit: "ms",
    bar: { atMost, on: "max" },
    values: [value],
  });
  const lines = [
    line("one that is made", 15, await cpuMs("/dashboard?filter=service", MADE_PAGES)),
    line("one that is kept", 0.2, await cpuMs("/dashboard", KEPT_PAGES)),
  ];
  await client.close();
  return lines;
};
