import { describe, expect, it } from "vitest";
import { createRests } from "../../shared/node/rests.ts";

/** A thread of which only the work and the rests take time. */
function startThread() {
  const time = { nowMs: 0, restedMs: 0 };
  const rests = createRests({
    nowMs: () => time.nowMs,
    async sleep(ms) {
      time.nowMs += ms;
      time.restedMs += ms;
    },
  });
  const work = (ms: number): void => void (time.nowMs += ms);
  return { time, rests, work };
}

describe("rests of the job thread", () => {
  it("leaves a commit that waits for the lock its turn after each write, however short that was", async () => {
    const { time, rests, work } = startThread();
    work(0.1);
    await rests.afterWrite();
    expect(time.restedMs).toBe(20);
  });

  it("rests ten times as long as it worked, and no longer than a second", async () => {
    const { time, rests, work } = startThread();
    work(30);
    await rests.afterWrite();
    expect(time.restedMs).toBe(300);
    work(500);
    await rests.afterWrite();
    expect(time.restedMs).toBe(1_300);
  });

  it("rests within a long read once that has taken as long as a commit, and goes on at once before", async () => {
    const { time, rests, work } = startThread();
    work(3);
    await rests.pause();
    expect(time.restedMs).toBe(0);
    work(3);
    await rests.pause();
    expect(time.restedMs).toBe(60);
    await rests.pause();
    expect(time.restedMs).toBe(60);
  });

  it("takes the time without an order for no work", async () => {
    const { time, rests, work } = startThread();
    work(60_000);
    rests.begin();
    work(1);
    await rests.pause();
    expect(time.restedMs).toBe(0);
  });

  it("is at work for a tenth of the time at most, in any mix of reads and writes", async () => {
    const { time, rests, work } = startThread();
    for (let step = 0; step < 1_000; step += 1) {
      work((step * 7) % 40);
      await (step % 3 === 0 ? rests.afterWrite() : rests.pause());
    }
    expect(time.nowMs - time.restedMs).toBeLessThan(time.nowMs / 10);
  });
});
