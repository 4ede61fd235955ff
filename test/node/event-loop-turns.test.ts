import { describe, expect, it } from "vitest";
import { createEventLoopTurns } from "../../shared/node/event-loop-turns.ts";

/** Longer than a turn. */
function work(): void {
  const endMs = performance.now() + 3;
  while (performance.now() < endMs);
}

describe("turns of the event loop", () => {
  it("let a timer in between any two pieces of work, however many callers there are", async () => {
    const turns = createEventLoopTurns();
    const log: string[] = [];
    const timer = setInterval(() => log.push("timer"), 1);
    const caller = () =>
      turns.run(async () => {
        for (let piece = 0; piece < 4; piece += 1) {
          await turns.pause();
          work();
          log.push("piece");
        }
      });
    await Promise.all(Array.from({ length: 5 }, caller));
    clearInterval(timer);
    expect(log.filter((entry) => entry === "piece")).toHaveLength(20);
    // A piece that begins as the turn ends may be followed by one more; never by all the others.
    expect(log.join(" ")).not.toContain("piece piece piece");
  });

  it("have at most three callers under way, and give the others theirs in the order in which they came", async () => {
    const turns = createEventLoopTurns();
    const begun: number[] = [];
    let underWay = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 9 }, (_, index) =>
        turns.run(async () => {
          begun.push(index);
          most = Math.max(most, (underWay += 1));
          for (let piece = 0; piece < 3; piece += 1) {
            work();
            await turns.pause();
          }
          // Some end with their turn, and some after it.
          if (index % 3 === 0) work();
          underWay -= 1;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("pass on what the work returns or throws, and go on after it", async () => {
    const turns = createEventLoopTurns();
    const failing = Array.from({ length: 5 }, () => turns.run(() => Promise.reject(new Error("no"))));
    expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(Array(5).fill("rejected"));
    expect(await turns.run(async () => 7)).toBe(7);
  });

  it("turn away whoever comes when fifty wait, and take others when they have had theirs", async () => {
    const turns = createEventLoopTurns();
    const ask = () => turns.run(async () => "done");
    const answers = await Promise.all(Array.from({ length: 60 }, ask));
    expect(answers).toEqual([...Array(53).fill("done"), ...Array(7).fill(null)]);
    expect(await ask()).toBe("done");
  });
});
