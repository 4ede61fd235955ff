import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { NodeJobThread } from "../../shared/node/job-thread.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import { FakeClock } from "../support/fake-clock.ts";

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A thread that runs this script, and what it has logged so far. */
function threadOf(
  script: (folder: string) => string,
  clock: Pick<Clock, "after"> = new FakeClock(0),
): { thread: NodeJobThread; lines: Line[] } {
  const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  const path = join(folder, "thread.mjs");
  writeFileSync(path, script(folder));
  const lines: Line[] = [];
  const thread = new NodeJobThread({
    script: pathToFileURL(path),
    databasePath: join(folder, "unused.db"),
    clock,
    log: { write: (level, message, fields = {}) => lines.push({ level, message, fields }) },
  });
  onTestFinished(async () => {
    await thread.end();
    rmSync(folder, { recursive: true });
  });
  return { thread, lines };
}

const order = (name: string) => ({ name, scheduledMs: 0, config: {} });

/** Logs which job it does, in which thread. A job `hold` is under way until a job `release` comes. */
const willing = (): string => `
  import { parentPort, threadId } from "node:worker_threads";
  const done = (job) => parentPort.postMessage({ kind: "done", job });
  parentPort.on("message", ({ name }) => {
    parentPort.postMessage({ kind: "log", level: "info", message: name, fields: { threadId } });
    if (name === "release") done("hold");
    if (name !== "hold") done(name);
  });
`;

/** The first thread of all does what \`death\` says instead of its job. */
const dyingOnce =
  (death: string) =>
  (folder: string): string =>
    `
    import { existsSync, writeFileSync } from "node:fs";
    import { parentPort, threadId } from "node:worker_threads";
    const mark = ${JSON.stringify(join(folder, "mark"))};
    const isFirst = !existsSync(mark);
    writeFileSync(mark, "");
    parentPort.on("message", ({ name }) => {
      if (isFirst) { ${death}; return; }
      parentPort.postMessage({ kind: "log", level: "info", message: "worked", fields: { threadId } });
      parentPort.postMessage({ kind: "done", job: name });
    });
  `;

const messages = (lines: readonly Line[]): string[] => lines.map(({ message }) => message);
const threadIds = (lines: readonly Line[]): Set<unknown> => new Set(lines.map(({ fields }) => fields["threadId"]));

describe("the job thread", () => {
  it("runs jobs of different names that are ordered at once, without one waiting for the other", async () => {
    const { thread, lines } = threadOf(willing);
    for (const name of ["hold", "other"]) thread.run(order(name));
    await expect.poll(() => messages(lines)).toEqual(["hold", "other"]);
    expect(thread.isBusy).toBe(true);
  });

  it("runs a job once more after its run, however often it was ordered meanwhile", async () => {
    const { thread, lines } = threadOf(willing);
    for (let count = 0; count < 4; count += 1) thread.run(order("hold"));
    await expect.poll(() => messages(lines)).toEqual(["hold"]);
    thread.run(order("release"));
    await expect.poll(() => messages(lines)).toEqual(["hold", "release", "hold"]);
    thread.run(order("release"));
    await expect.poll(() => thread.isBusy).toBe(false);
    expect(messages(lines)).toEqual(["hold", "release", "hold", "release"]);
  });

  it("ends when it has rested half a minute, and the next job starts another", async () => {
    const clock = new FakeClock(0);
    const { thread, lines } = threadOf(willing, clock);
    for (let count = 1; count <= 3; count += 1) {
      thread.run(order("job"));
      await expect.poll(() => lines.length).toBe(count);
      await expect.poll(() => thread.isBusy).toBe(false);
      await clock.advance(count === 1 ? 29_000 : 31_000);
    }
    expect(threadIds(lines.slice(0, 2)).size).toBe(1);
    expect(threadIds(lines).size).toBe(2);
  });
});

describe("a job thread that dies", () => {
  it.each([
    ["of an exception", 'throw new Error("boom")'],
    ["of a rejection that nobody handles", 'Promise.reject(new Error("boom"))'],
    ["by ending itself", "process.exit(3)"],
  ])("%s is told once and replaced for the next job, which is done, as are those after it", async (_how, death) => {
    const { thread, lines } = threadOf(dyingOnce(death));
    thread.run(order("job"));
    await expect.poll(() => messages(lines)).toEqual(["job thread failed, the next job starts another"]);
    expect([thread.hasFailed, thread.isBusy]).toEqual([true, false]);
    for (let count = 2; count <= 4; count += 1) {
      thread.run(order("job"));
      expect(thread.hasFailed).toBe(false);
      await expect.poll(() => lines.length).toBe(count);
      await expect.poll(() => thread.isBusy).toBe(false);
    }
    expect(messages(lines).slice(1)).toEqual(["worked", "worked", "worked"]);
    expect(threadIds(lines.slice(1)).size).toBe(1);
  });

  it("as it starts is not replaced by itself: a thread that cannot live does not keep us busy", async () => {
    const { thread, lines } = threadOf(() => 'throw new Error("damaged");');
    for (let count = 1; count <= 3; count += 1) {
      thread.run(order("job"));
      await expect.poll(() => lines.length).toBe(count);
      expect([thread.hasFailed, thread.isBusy]).toEqual([true, false]);
    }
    expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(["error"]));
  });
});
