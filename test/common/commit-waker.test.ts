import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CommitWaker } from "../../shared/common/commit-waker.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import { T0 } from "../support/checks.ts";
import { FakeClock } from "../support/fake-clock.ts";

const HOUR_MS = 3_600_000;
const NOBODY_LEAVES = new AbortController();

describe("waiting for a commit", () => {
  const clock = new FakeClock(T0);
  const wakerOf = () => new CommitWaker({ clock, nextTurn: () => new Promise((resolve) => setImmediate(resolve)) });

  it("ends with the commit, in the order of coming, however many wait", async () => {
    const waker = wakerOf();
    const woken: number[] = [];
    const all = Array.from({ length: 1_000 }, async (_, index) => {
      await waker.next(waker.version, HOUR_MS, NOBODY_LEAVES);
      woken.push(index);
    });
    expect(waker.waiting).toBe(1_000);
    waker.wake();
    await Promise.all(all);
    expect(woken).toEqual(all.map((_, index) => index));
  });

  it("gives the event loop back while it wakes many", async () => {
    const waker = wakerOf();
    const all = Array.from({ length: 1_000 }, () => waker.next(waker.version, HOUR_MS, NOBODY_LEAVES));
    waker.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(waker.waiting).toBeGreaterThan(500);
    await Promise.all(all);
  });

  it("is none when there has been one since the version that was seen", async () => {
    const waker = wakerOf();
    const { version } = waker;
    waker.wake();
    await waker.next(version, HOUR_MS, NOBODY_LEAVES);
    expect(waker.waiting).toBe(0);
  });

  it("ends when its time is over, and when the client leaves", async () => {
    const waker = wakerOf();
    const leaving = new AbortController();
    const late = waker.next(waker.version, 1_000, NOBODY_LEAVES);
    const left = waker.next(waker.version, HOUR_MS, leaving);
    await clock.advance(999);
    expect(waker.waiting).toBe(2);
    await clock.advance(1);
    await late;
    leaving.abort();
    await left;
    await waker.next(waker.version, HOUR_MS, leaving);
    expect([waker.waiting, clock.pendingTimers]).toEqual([0, 0]);
  });

  it("ends for everybody before the process does, and nobody waits any more", async () => {
    const waker = wakerOf();
    const all = Array.from({ length: 120 }, () => waker.next(waker.version, HOUR_MS, NOBODY_LEAVES));
    waker.end();
    await Promise.all(all);
    await waker.next(waker.version, HOUR_MS, NOBODY_LEAVES);
    expect(waker.hasEnded).toBe(true);
  });

  it("is not disturbed by a commit that is no concern of it, nor left alone with what is not a commit", async () => {
    const waker = wakerOf();
    const snapshotOf = (generation: number) => ({ generation }) as Snapshot; // it looks at nothing else
    const concerns = ({ generation }: Snapshot): boolean => generation === 3;
    const woken: string[] = [];
    const wait = (name: string): void => {
      void waker.next(waker.version, HOUR_MS, { signal: NOBODY_LEAVES.signal, concerns }).then(() => woken.push(name));
    };
    wait("third");
    for (const generation of [1, 2, 3]) {
      expect(waker.waiting).toBe(1);
      waker.wakeFor(snapshotOf(generation));
      await clock.advance(0);
    }
    expect([woken, waker.waiting]).toEqual([["third"], 0]);
    wait("everybody");
    waker.wake();
    waker.wakeFor(snapshotOf(4));
    await clock.advance(0);
    expect(woken).toEqual(["third", "everybody"]);
    for (let count = 0; count < 120; count += 1) wait("many");
    waker.wake();
    waker.wakeFor(snapshotOf(5));
    await clock.advance(0);
    expect(waker.waiting).toBe(0);
  });

  it("misses no commit, whichever way looking and committing interleave", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (scheduler, goal, waiters) => {
          const turn = (label: string) => scheduler.schedule(Promise.resolve(), label);
          const waker = new CommitWaker({ clock, nextTurn: () => turn("turn") });
          let [committed, stored] = [0, 0];
          const commit = async (): Promise<void> => {
            while (committed < goal) {
              await turn("probe");
              committed += 1;
              await turn("commit");
              stored = committed;
              waker.wake();
            }
          };
          const wait = async (): Promise<number> => {
            for (;;) {
              const { version } = waker;
              await turn("look");
              const found = stored;
              await turn("looked");
              if (found >= goal) return found;
              await waker.next(version, HOUR_MS, NOBODY_LEAVES);
            }
          };
          let answered = 0;
          void commit();
          for (let count = 0; count < waiters; count += 1) void wait().then(() => (answered += 1));
          await scheduler.waitIdle();
          expect(answered).toBe(waiters);
          expect(waker.waiting).toBe(0);
        },
      ),
    );
  });
});
