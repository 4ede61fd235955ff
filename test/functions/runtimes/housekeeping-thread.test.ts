import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../shared/node/system-clock.ts";
import type { Clock } from "../../../shared/ports/clock.ts";
import { startHousekeeping, type Housekeeping } from "../../../functions/runtimes/housekeeping.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const SOON_MS = 20;

/** Several times what a thread takes to start and die. */
const LATER_MS = 250;

/** Does its job and says so, except that the first thread of all does what `death` says instead. */
function threadThatDiesOnce(death: string, markPath: string): string {
  return `
    import { existsSync, writeFileSync } from "node:fs";
    import { parentPort, threadId } from "node:worker_threads";
    const isFirst = !existsSync(${JSON.stringify(markPath)});
    writeFileSync(${JSON.stringify(markPath)}, "");
    parentPort.on("message", ({ cron }) => {
      if (isFirst) { ${death}; return; }
      parentPort.postMessage({ kind: "log", level: "info", message: "worked", fields: { cron, threadId } });
      parentPort.postMessage({ kind: "done", job: "cron" });
    });
  `;
}

let folder: string;
let housekeeping: Housekeeping | null = null;
/** Cron events so far; the first counts from the start on. */
let events = -1;

beforeEach(() => {
  events = -1;
  folder = mkdtempSync(join(tmpdir(), "monitoring-"));
});
afterEach(async () => {
  await housekeeping?.stop();
  rmSync(folder, { recursive: true });
});

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Says in which thread it does which job. */
const WILLING_THREAD = `
  import { parentPort, threadId } from "node:worker_threads";
  parentPort.on("message", ({ kind }) => {
    parentPort.postMessage({ kind: "log", level: "info", message: kind, fields: { threadId } });
    parentPort.postMessage({ kind: "done", job: kind });
  });
`;

interface Circumstances {
  readonly clock: Pick<Clock, "after" | "nowMs">;
  walPages(): number;
}

function start(
  thread: string,
  everyMs: number,
  { clock, walPages }: Circumstances = { clock: systemClock, walPages: () => 0 },
): Line[] {
  const script = join(folder, "thread.mjs");
  writeFileSync(script, thread);
  const lines: Line[] = [];
  housekeeping = startHousekeeping({
    script: pathToFileURL(script),
    databasePath: join(folder, "unused.db"),
    clock,
    walPages,
    log: { write: (level, message, fields = {}) => lines.push({ level, message, fields }) },
    cleanupMs() {
      events += 1;
      return everyMs;
    },
    retentionMs: () => 1,
  });
  return lines;
}

describe("a housekeeping thread that dies", () => {
  it.each([
    ["of an exception", 'throw new Error("boom")'],
    ["of a rejection that nobody handles", 'Promise.reject(new Error("boom"))'],
    ["by ending itself", "process.exit(3)"],
  ])("%s is told once and replaced at the next event, which does its work", async (_how, death) => {
    const lines = start(threadThatDiesOnce(death, join(folder, "mark")), SOON_MS);
    await expect
      .poll(() => lines.filter(({ message }) => message === "worked").length, { timeout: 20_000 })
      .toBeGreaterThan(2);
    const errors = lines.filter(({ level }) => level === "error");
    expect(errors.map(({ message }) => message)).toEqual(["housekeeping thread failed, the next event starts another"]);
    // One and the same thread goes on with the later events.
    const threads = lines.filter(({ message }) => message === "worked").map(({ fields }) => fields["threadId"]);
    expect(new Set(threads).size).toBe(1);
  });

  it("as it starts is not replaced before the next event: a thread that cannot live does not keep us busy", async () => {
    const lines = start('throw new Error("damaged");', LATER_MS);
    await expect.poll(() => lines.length).toBeGreaterThan(2);
    await housekeeping?.stop();
    expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(["error"]));
    expect(lines.length).toBeLessThanOrEqual(events + 1);
  });
});

describe("the housekeeping thread", () => {
  const MINUTE_MS = 60_000;
  const clock = new FakeClock(0);
  const threadsOf = (lines: readonly Line[]): Set<unknown> => new Set(lines.map(({ fields }) => fields["threadId"]));

  it("ends when it has rested half a minute, and the next event starts another", async () => {
    const lines = start(WILLING_THREAD, 5 * MINUTE_MS, { clock, walPages: () => 0 });
    await clock.advance(5 * MINUTE_MS);
    await expect.poll(() => lines.length).toBe(1);
    await expect.poll(() => housekeeping?.isBusy()).toBe(false);
    await clock.advance(5 * MINUTE_MS);
    await expect.poll(() => lines.length).toBe(2);
    expect(threadsOf(lines).size).toBe(2);
    expect(lines.map(({ message }) => message)).toEqual(["cron", "cron"]);
  });

  it("moves the WAL into the database when that has grown to 250 pages, and stays while it keeps growing", async () => {
    let pages = 249;
    const lines = start(WILLING_THREAD, 60 * MINUTE_MS, { clock, walPages: () => pages });
    await clock.advance(MINUTE_MS);
    expect(housekeeping?.isBusy()).toBe(false);
    pages = 250;
    for (let count = 1; count <= 3; count += 1) {
      await clock.advance(10_000);
      await expect.poll(() => lines.length).toBe(count);
      await expect.poll(() => housekeeping?.isBusy()).toBe(false);
    }
    expect(lines.map(({ message }) => message)).toEqual(["checkpoint", "checkpoint", "checkpoint"]);
    expect(threadsOf(lines).size).toBe(1);
  });

  it("that has died is not started again by a growing WAL, which would be every ten seconds", async () => {
    const lines = start('throw new Error("damaged");', 5 * MINUTE_MS, { clock, walPages: () => 1_000 });
    await clock.advance(10_000);
    await expect.poll(() => lines.length).toBe(1);
    await clock.advance(4 * MINUTE_MS);
    expect(housekeeping?.isBusy()).toBe(false);
    await clock.advance(MINUTE_MS);
    await expect.poll(() => lines.length).toBe(2);
  });
});
