/**
 * What becomes of alerts when the monitor is killed at random points of commit, send and mark, and when nothing happens to it.
 * Moments come from a seed, which a failure tells. What was decided is read from the database, what arrived from the receiver;
 * neither knows of the other. FAULTS row 9.
 */
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAlertReceiver, type AlertReceiver } from "../../scripts/bench/alert-receiver.ts";
import { ChildProcesses, type ObedientProcess } from "../../scripts/bench/child-processes.ts";
import type { AlertingOrder, AlertingReport } from "../support/alerting-order.ts";
import { SOAK_LIMIT_MS, times } from "../support/soak.ts";

const KILLS = times(8, 300);
const TRANSITIONS = times(200, 10_000);
/** A life ends after so many messages that nobody had seen before, and so many ms later: somewhere in a commit, send or mark. */
const FEWEST_MESSAGES = 2;
const MOST_MESSAGES = 6;
const LONGEST_DELAY_MS = 30;
/** Enough for everything to be resolved and sent. */
const HEALING_SWEEPS = 20;
const SCRIPT = new URL("../support/processes/alerting-loop.ts", import.meta.url);
const MIGRATIONS = fileURLToPath(new URL("../../shared/storage/migrations", import.meta.url));

type Monitor = ObedientProcess<AlertingOrder, AlertingReport>;

describe("alerts of a monitor", () => {
  const children = new ChildProcesses();
  let folder: string;
  let receiver: AlertReceiver;
  let order: AlertingOrder;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    receiver = await startAlertReceiver();
    order = { receiverUrl: receiver.url, migrationsFolder: MIGRATIONS, sweeps: 100, heals: false };
  });
  afterEach(async () => {
    await receiver.close();
    rmSync(folder, { recursive: true });
  });

  const seenIds = (): Set<string> => new Set(receiver.messages.map(({ id }) => id));
  const launch = (): Promise<Monitor> => children.start(SCRIPT, { args: [folder] });

  async function liveAndDie(
    monitor: Monitor,
    { messages, delayMs }: { messages: number; delayMs: number },
  ): Promise<void> {
    const obeyed = monitor.order(order).catch(() => {});
    const enough = seenIds().size + messages;
    while (seenIds().size < enough) await receiver.until(receiver.messages.length + 1);
    await sleep(delayMs); // a moment that nobody chose; nothing depends on its length
    process.kill(monitor.pid, "SIGKILL");
    await Promise.all([monitor.gone, obeyed]);
  }

  async function heal(monitor: Monitor): Promise<AlertingReport> {
    const report = await monitor.order({ ...order, sweeps: HEALING_SWEEPS, heals: true });
    process.kill(monitor.pid, "SIGKILL");
    await monitor.gone;
    return report;
  }

  /** Nothing that was decided is lost, everybody hears of every end, and at most so many messages came twice. */
  function expectWhole(report: AlertingReport, { mostDoubles, seed }: { mostDoubles: number; seed: number }): void {
    const ends = receiver.messages.filter(({ type }) => type === "alert.resolved").flatMap(({ alertIds }) => alertIds);
    const about = `seed ${seed}`;
    expect(report.messageIds.length, about).toBeGreaterThan(KILLS);
    expect(seenIds(), about).toEqual(new Set(report.messageIds));
    expect(new Set(ends), about).toEqual(new Set(report.alertIds));
    expect(report, about).toMatchObject({ openAlerts: 0, waitingMessages: 0 });
    expect(receiver.messages.length - seenIds().size, about).toBeLessThanOrEqual(mostDoubles);
  }

  it(
    "that is killed again and again are neither lost nor sent twice by a process that lives",
    async () => {
      const seed = randomInt(2 ** 31);
      const life = fc.record({
        messages: fc.integer({ min: FEWEST_MESSAGES, max: MOST_MESSAGES }),
        delayMs: fc.integer({ min: 0, max: LONGEST_DELAY_MS }),
      });
      let monitor = await launch();
      for (const each of fc.sample(life, { numRuns: KILLS, seed })) {
        // The next process loads its code while this one lives.
        const [next] = await Promise.all([launch(), liveAndDie(monitor, each)]);
        monitor = next;
      }
      expectWhole(await heal(monitor), { mostDoubles: KILLS, seed });
    },
    SOAK_LIMIT_MS,
  );

  it(
    "to which nothing happens are sent once each",
    async () => {
      const monitor = await launch();
      for (let transitions = 0; transitions < TRANSITIONS;) ({ transitions } = await monitor.order(order));
      expectWhole(await heal(monitor), { mostDoubles: 0, seed: 0 });
    },
    SOAK_LIMIT_MS,
  );
});
