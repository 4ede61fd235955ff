/**
 * When a model of Ollama counts as fallen back to the CPU: compared with what ran before, whatever changes about the model.
 */
import { describe, expect, it } from "vitest";
import { formatSentence } from "../../../shared/domain/text/sentence.ts";
import { redactNothing } from "../../../shared/domain/text/redact.ts";
import { judgeShares, packRuns, unpackRuns, type SeenRun } from "../../../shared/probes/ollama-gpu.ts";
import type { LoadedModel } from "../../../shared/probes/ollama-state.ts";
import { T0 } from "../../support/checks.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const NEVER_SEEN: ReadonlyMap<string, number> = new Map();

const model = (gpuShare: number | null, more: Partial<LoadedModel> = {}): LoadedModel => ({
  name: "llama3.2:3b",
  key: "k1",
  gpuShare,
  size: 3_000_000_000,
  contextLength: 4_096,
  expiresAtMs: null,
  ...more,
});

type Look = readonly [hours: number, ...loaded: LoadedModel[]];

/** What each look says, one after the other, with what was kept in between as it is stored. */
function look(looks: readonly Look[], expected?: "gpu" | "cpu") {
  let seen: readonly SeenRun[] = [];
  let seenMs: ReadonlyMap<string, number> = new Map();
  return looks.map(([hours, ...loaded]) => {
    const nowMs = T0 + hours * HOUR_MS;
    const judged = judgeShares(loaded, seen, { expect: expected, nowMs, seenMs });
    seenMs = new Map([...seenMs, ...loaded.map(({ key }): [string, number] => [key, nowMs])]);
    seen = unpackRuns(JSON.parse(JSON.stringify(packRuns(judged.seen))));
    expect(seen).toEqual(judged.seen);
    return judged.failure && formatSentence(judged.failure.message, redactNothing);
  });
}

const UNTIL_T0 = "it ran 100 % on the GPU until 2026-03-10 10:00 UTC";

describe("a model", () => {
  it("that runs on the CPU, and ran on the GPU before, has fallen back, with the figures", () => {
    expect(look([[0, model(1)], [1], [2, model(0)]])).toEqual([
      null,
      null,
      `llama3.2:3b runs 100 % on the CPU; ${UNTIL_T0}`,
    ]);
    expect(
      look([
        [0, model(1)],
        [2, model(0.6)],
      ]),
    ).toEqual([null, `llama3.2:3b runs 40 % on the CPU; ${UNTIL_T0}`]);
  });

  it("was on the GPU until the last look, however seldom that is written down", () => {
    const found = look([
      [0, model(1)],
      [0.1, model(1)],
      [0.15, model(0)],
      [0.2, model(0)],
    ]);
    expect(found.slice(2)).toEqual(Array(2).fill(expect.stringContaining("until 2026-03-10 10:06 UTC")));
  });

  it("that runs in part on the GPU, as before, has not", () => {
    expect(
      look([
        [0, model(0.6)],
        [1, model(0.6)],
        [2, model(0.52)],
        [3, model(0.68)],
      ]),
    ).toEqual([null, null, null, null]);
  });

  it("that was never seen on the GPU is never blamed, for a year", () => {
    const looks = Array.from({ length: 365 }, (_, day): Look => [day * 24, model(0)]);
    expect(new Set(look(looks))).toEqual(new Set([null]));
  });

  it("that is back on the GPU is well again, and may fall back again", () => {
    const found = look([
      [0, model(1)],
      [1, model(0)],
      [2, model(1)],
      [3, model(0)],
    ]);
    expect(found.map((each) => each !== null)).toEqual([false, true, false, true]);
    expect(found[3]).toContain("until 2026-03-10 12:00 UTC");
  });

  it("that has run on the CPU for a week is taken as it is, and blamed anew only after the GPU was seen", () => {
    const looks = Array.from({ length: 12 }, (_, day): Look => [1 + day * 24, model(0)]);
    const found = look([[0, model(1)], ...looks, [13 * 24, model(1)], [14 * 24, model(0)]]);
    const blamed = found.map((each) => each !== null);
    expect(blamed.slice(1, 13)).toEqual([...Array(7).fill(true), ...Array(5).fill(false)]);
    expect(blamed.slice(13)).toEqual([false, true]);
  });

  it("with a larger context than ever before has no past, with a smaller one it has", () => {
    const [first, larger, smaller] = look([
      [0, model(1)],
      [1, model(0.5, { contextLength: 32_768, size: 6_000_000_000 })],
      [2, model(0, { contextLength: 2_048 })],
    ]);
    expect([first, larger]).toEqual([null, null]);
    expect(smaller).toContain("100 % on the CPU");
  });

  it("of another digest behind the same name has no past", () => {
    expect(
      look([
        [0, model(1)],
        [1, model(0, { key: "k2" })],
      ]),
    ).toEqual([null, null]);
  });

  it("whose context is not told is compared by what it takes", () => {
    const bare = { contextLength: null };
    expect(
      look([
        [0, model(1, bare)],
        [1, model(0, { ...bare, size: 3_300_000_000 })],
      ])[1],
    ).not.toBeNull();
    expect(
      look([
        [0, model(1, bare)],
        [1, model(0, { ...bare, size: 6_000_000_000 })],
      ])[1],
    ).toBeNull();
  });

  it("of which the share cannot be told is not judged", () => {
    expect(
      look([
        [0, model(1)],
        [1, model(null)],
      ]),
    ).toEqual([null, null]);
  });

  it("that shares the GPU with another one that was loaded beside it has not, as long as a part of it is there", () => {
    const other = model(1, { key: "k2", name: "other" });
    expect(
      look([
        [0, model(1)],
        [1, model(0.55), other],
        [300, model(0.55), other],
        [301, model(0.55), model(0, { key: "k2" })],
        [302, model(0), other],
      ]),
    ).toEqual([
      null,
      null,
      null,
      expect.stringContaining("45 % on the CPU"),
      expect.stringMatching(/100 % on the CPU; .*; loaded at the same time: other$/),
    ]);
    expect(look([[0, model(0.55), other, model(0.3, { key: "k3", name: "b" })]], "gpu")[0]).toContain(
      "loaded at the same time: other and 1 more",
    );
  });

  it("is told with how many others have fallen back", () => {
    const others = ["b", "c"].map((key) => model(1, { key, name: key }));
    const fallen = others.map((each) => ({ ...each, gpuShare: 0 }));
    expect(
      look([
        [0, model(1), ...others],
        [1, model(0), ...fallen],
      ])[1],
    ).toBe(`llama3.2:3b runs 100 % on the CPU; ${UNTIL_T0}; and 2 more`);
  });
});

describe("what is expected", () => {
  it("on the GPU counts from the first look on, and for ever", () => {
    const looks = Array.from({ length: 20 }, (_, day): Look => [day * 24, model(0)]);
    const told = "llama3.2:3b runs 100 % on the CPU; it is expected on the GPU";
    expect(look(looks, "gpu")).toEqual(Array(20).fill(told));
    expect(look([[0, model(0.95)]], "gpu")).toEqual([null]);
    const fallen = look(
      [[0, model(1)], ...looks.map(([hours, each]): Look => [hours + 1, each as LoadedModel])],
      "gpu",
    );
    expect(fallen.slice(1).every((each) => each?.includes(UNTIL_T0))).toBe(true);
  });

  it("on the CPU is never blamed", () => {
    expect(
      look(
        [
          [0, model(1)],
          [1, model(0)],
        ],
        "cpu",
      ),
    ).toEqual([null, null]);
  });
});

describe("what is kept", () => {
  it("changes once in ten minutes at most while nothing else does, and is the same value otherwise", () => {
    const rules = { expect: undefined, nowMs: T0, seenMs: NEVER_SEEN };
    const { seen } = judgeShares([model(1), model(1, { key: "b" })], [], rules);
    for (const minutes of [1, 5, 9]) {
      const { seen: again } = judgeShares([model(1), model(1, { key: "b" })], seen, {
        ...rules,
        nowMs: T0 + minutes * 60_000,
      });
      expect(again).toBe(seen);
    }
    const later = judgeShares([model(1), model(1, { key: "b" })], seen, { ...rules, nowMs: T0 + 600_000 });
    expect(later.seen).not.toEqual(seen);
  });

  it("is a hundred runs at most, the latest", () => {
    let seen: readonly SeenRun[] = [];
    for (let index = 0; index < 300; index += 1)
      ({ seen } = judgeShares([model(1, { key: `k${index}` })], seen, {
        expect: undefined,
        nowMs: T0 + index * DAY_MS,
        seenMs: NEVER_SEEN,
      }));
    expect(seen).toHaveLength(100);
    expect(seen[0]?.key).toBe("k299");
    expect(JSON.stringify(packRuns(seen)).length).toBeLessThan(32_768);
  });

  it.each([null, 7, {}, [7], [{ k: 1 }], [{ k: "a", b: 1, g: "1", t: 0 }]])("is nothing when it is %j", (kept) => {
    expect(unpackRuns(kept)).toEqual([]);
  });
});
