/** What a screen reader is told, and how often. */
import { expect, it } from "vitest";
import { Announcer } from "../../../../functions/page/client/announcer.ts";

function bench() {
  const said: string[] = [];
  let nowMs = 0;
  let due: { readonly atMs: number; readonly run: () => void } | null = null;
  const announcer = new Announcer({
    say: (text) => said.push(text),
    nowMs: () => nowMs,
    after: (ms, run) => (due = { atMs: nowMs + ms, run }),
  });
  const pass = (ms: number): void => {
    nowMs += ms;
    if (!due || due.atMs > nowMs) return;
    const { run } = due;
    due = null;
    run();
  };
  return { announcer, said, pass };
}

it("says a change at once, and what follows within 5 s together", () => {
  const { announcer, said, pass } = bench();
  announcer.tell(["A is down."]);
  expect(said).toEqual(["A is down."]);
  pass(1_000);
  announcer.tell(["B is down."]);
  pass(1_000);
  announcer.tell(["A is healthy."]);
  pass(2_999);
  expect(said).toHaveLength(1);
  pass(1);
  expect(said.slice(1)).toEqual(["B is down. A is healthy."]);
  pass(5_000);
  announcer.tell(["C is down."]);
  expect(said.slice(2)).toEqual(["C is down."]);
});

it("counts what is too much to listen to, and says nothing of nothing", () => {
  const { announcer, said, pass } = bench();
  announcer.tell([]);
  expect(said).toEqual([]);
  announcer.tell(["A is down.", "B is down.", "C is down.", "D is down."]);
  expect(said).toEqual(["A is down. B is down. C is down. 1 more change."]);
  pass(5_000);
  announcer.tell(["1", "2", "3", "4", "5"]);
  expect(said[1]).toBe("1 2 3 2 more changes.");
});
