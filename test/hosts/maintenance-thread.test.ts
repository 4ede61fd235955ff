import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../shared/node/system-clock.ts";
import { startMaintenance, type Maintenance } from "../../functions/hosts/maintenance.ts";

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
let maintenance: Maintenance | null = null;
/** Cron events so far; the first counts from the start on. */
let events = -1;

beforeEach(() => {
  events = -1;
  folder = mkdtempSync(join(tmpdir(), "monitoring-"));
});
afterEach(async () => {
  await maintenance?.stop();
  rmSync(folder, { recursive: true });
});

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function start(thread: string, everyMs: number): Line[] {
  const script = join(folder, "thread.mjs");
  writeFileSync(script, thread);
  const lines: Line[] = [];
  maintenance = startMaintenance({
    script: pathToFileURL(script),
    databasePath: join(folder, "unused.db"),
    clock: systemClock,
    walPages: () => 0,
    log: { write: (level, message, fields = {}) => lines.push({ level, message, fields }) },
    cleanupMs() {
      events += 1;
      return everyMs;
    },
    retentionMs: () => 1,
  });
  return lines;
}

describe("a maintenance thread that dies", () => {
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
    expect(errors.map(({ message }) => message)).toEqual(["maintenance thread failed, the next event starts another"]);
    // One and the same thread goes on with the later events.
    const threads = lines.filter(({ message }) => message === "worked").map(({ fields }) => fields["threadId"]);
    expect(new Set(threads).size).toBe(1);
  });

  it("as it starts is not replaced before the next event: a thread that cannot live does not keep us busy", async () => {
    const lines = start('throw new Error("damaged");', LATER_MS);
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBeGreaterThan(2);
    await maintenance?.stop();
    expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(["error"]));
    expect(lines.length).toBeLessThanOrEqual(events + 1);
  });
});
