/**
 * A page in a real browser, cold, and what it cost: bytes, requests, first paint, layout shift, heap, work of the main thread.
 * Used by the rows about the page. Needs Debian's chromium; without it such a row cannot be measured.
 * Invariants: each page has a browser profile of its own; what is said of memory is said after garbage has been collected.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type CDPSession, type Page } from "playwright-core";
import { CHROMIUM_FLAGS } from "../../chromium-flags.ts";
import type { ChildProcesses } from "../child-processes.ts";

const VIEWPORT = { width: 1_440, height: 900 };

/** Ends with the row. */
export async function launchBrowser(children: ChildProcesses): Promise<Browser> {
  const folders = (process.env["PATH"] ?? "").split(":");
  const executablePath = folders.map((folder) => join(folder, "chromium")).find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error("chromium is not installed");
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] });
  children.defer(() => browser.close());
  return browser;
}

export interface Memory {
  readonly heapBytes: number;
  readonly listeners: number;
  /** Of the document, and those outside of it that something still holds. */
  readonly nodes: number;
}

export interface MeasuredPage {
  readonly page: Page;
  /** So far, with their headers, as they came over the network; streams that go on are not among them. */
  readonly loaded: { readonly bytes: number; readonly requests: number };
  /** Requests that have not been answered wholly yet, but for streams. */
  underWay(): number;
  /** From the start of the navigation. */
  firstPaintMs(): Promise<number>;
  layoutShift(): Promise<number>;
  /** Work of the main thread since the page was opened. */
  taskMs(): Promise<number>;
  memory(): Promise<Memory>;
  close(): Promise<void>;
}

/** Resolves when all of it has been loaded. @param script runs before anything of the page does */
export async function openPage(browser: Browser, url: string, script = ""): Promise<MeasuredPage> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  for (const domain of ["Network", "Performance", "HeapProfiler"] as const) await session.send(`${domain}.enable`);
  const loaded = { bytes: 0, requests: 0 };
  const open = new Set<string>();
  session.on("Network.requestWillBeSent", ({ requestId, request, type }) => {
    if (type !== "EventSource") open.add(requestId);
    if (!request.url.startsWith("data:")) loaded.requests += 1;
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    open.delete(requestId);
    loaded.bytes += encodedDataLength;
  });
  session.on("Network.loadingFailed", ({ requestId }) => open.delete(requestId));
  if (script !== "") await page.addInitScript({ content: script });
  await page.goto(url, { waitUntil: "load" });
  return {
    page,
    loaded,
    underWay: () => open.size,
    firstPaintMs: () => page.evaluate<number>(FIRST_PAINT),
    layoutShift: () => page.evaluate<number>(LAYOUT_SHIFT),
    taskMs: async () => (await readMetric(session, "TaskDuration")) * 1_000,
    memory: () => readMemory(session),
    close: () => context.close(),
  };
}

async function readMetric(session: CDPSession, wanted: string): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
}

async function readMemory(session: CDPSession): Promise<Memory> {
  await session.send("HeapProfiler.collectGarbage");
  return {
    heapBytes: await readMetric(session, "JSHeapUsedSize"),
    listeners: await readMetric(session, "JSEventListeners"),
    nodes: await readMetric(session, "Nodes"),
  };
}

const FIRST_PAINT = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const [entry] = list.getEntriesByName("first-contentful-paint");
    if (entry) resolve(entry.startTime);
  }).observe({ type: "paint", buffered: true });
})`;

const LAYOUT_SHIFT = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const unasked = list.getEntries().filter(({ hadRecentInput }) => !hadRecentInput);
    resolve(unasked.reduce((sum, { value }) => sum + value, 0));
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(0), 1_000); // there was none
})`;
