/**
 * Whether requests wait for long in the queue of a backend: cases that went wrong, and any course of a queue against a plain list of its samples.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KeptBackend } from "../../shared/domain/monitoring/balancer-table.ts";
import { follow, judgeQueues } from "../../shared/probes/haproxy-trend.ts";
import { NEW_BACKEND } from "../support/kept-backend.ts";
import { T0 } from "../support/checks.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

interface Step {
  readonly afterMs: number;
  readonly queued: number;
  readonly served: number;
}

/** HAProxy has been up for long, and answers nothing but 200. */
function watched() {
  let nowMs = T0;
  let responses = 0;
  let kept: KeptBackend | undefined;
  return {
    waiting: () => kept?.waiting ?? null,
    look({ afterMs, queued, served }: Step) {
      const beforeMs = kept ? nowMs : null;
      nowMs += afterMs;
      responses += served;
      const now = { ...NEW_BACKEND, queued, responses, totalSessions: responses };
      kept = { ...now, ...follow(now, kept, { nowMs, beforeMs, changedAgoS: null }) };
      return judgeQueues([kept], nowMs)?.message ?? null;
    },
  };
}

function busy(duration: string, queued: number): unknown {
  const text = ` for ${duration} (${queued} now)`;
  return expect.arrayContaining([text]);
}

describe("a queue that has moved well for a day", () => {
  const afterThat = () => {
    const queue = watched();
    for (let check = 0; check < 2_880; check += 1)
      expect(queue.look({ afterMs: 30 * SECOND, queued: 1, served: 30 })).toBeNull();
    return queue;
  };

  it("is long within two minutes once nothing is served, and says since when", () => {
    const { look } = afterThat();
    const wedged = { afterMs: 30 * SECOND, queued: 20, served: 0 };
    expect([1, 2, 3, 4].map(() => look(wedged))).toEqual([
      null,
      busy("1 min", 20),
      expect.anything(),
      busy("2 min", 20),
    ]);
  });

  it("is not long by one burst", () => {
    const { look } = afterThat();
    expect(look({ afterMs: 30 * SECOND, queued: 200, served: 30 })).toBeNull();
    expect(look({ afterMs: 30 * SECOND, queued: 1, served: 230 })).toBeNull();
  });
});

describe("few checks", () => {
  it("say nothing of what was between two of them, such as a night", () => {
    const { look } = watched();
    look({ afterMs: 0, queued: 1, served: 0 });
    expect(look({ afterMs: 14 * HOUR, queued: 1, served: 0 })).toBeNull();
    expect(look({ afterMs: 30 * SECOND, queued: 1, served: 0 })).toBeNull();
    expect(look({ afterMs: 30 * SECOND, queued: 1, served: 0 })).toEqual(busy("1 min", 1));
  });

  it.each([1, 5, 10])("must be three of an interval of %i minutes", (minutes) => {
    const { look } = watched();
    const step = { afterMs: minutes * MINUTE, queued: 2, served: 0 };
    expect([1, 2, 3].map(() => look(step))).toEqual([null, null, busy(`${2 * minutes} min`, 2)]);
  });
});

interface Sample {
  readonly atMs: number;
  readonly queued: number;
  readonly total: number;
}

/** All that was seen since a check found none or the monitor was away; null: none waits now. */
function waitingRun(samples: readonly Sample[]): readonly Sample[] {
  const from = samples.findLastIndex(
    ({ queued, atMs }, index) => queued === 0 || atMs - (samples[index - 1]?.atMs ?? -Infinity) > 15 * MINUTE,
  );
  return samples.slice(samples[from]?.queued === 0 ? from + 1 : from);
}

/** By plain samples: whether it is long from every start of the window that may be, and from any. Starts are kept 20 s apart. */
function judgePlainly(samples: readonly Sample[]): { readonly byAll: boolean; readonly byAny: boolean } {
  const run = waitingRun(samples);
  const now = run.at(-1);
  const latest = run.findLast(({ atMs }, index) => now && now.atMs - atMs >= MINUTE && index <= run.length - 3);
  if (!now || !latest) return { byAll: false, byAny: false };
  const starts = run.filter(({ atMs }) => atMs <= latest.atMs && latest.atMs - atMs < 20 * SECOND);
  const isLong = starts.map((start) => {
    // A mark has the fewest until the next one, hence from its own check on.
    const fewest = Math.min(...run.slice(run.indexOf(start)).map(({ queued }) => queued));
    return (fewest * (now.atMs - start.atMs)) / Math.max(1, now.total - start.total) >= 10 * SECOND;
  });
  return { byAll: isLong.every(Boolean), byAny: isLong.some(Boolean) };
}

const COURSE = fc.array(
  fc.record({
    afterMs: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 1, max: 40 * SECOND }) },
      { weight: 2, arbitrary: fc.constantFrom(20 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE) },
      { weight: 1, arbitrary: fc.constantFrom(15 * MINUTE, 15 * MINUTE + 1, 14 * HOUR) },
    ),
    queued: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 20 }) },
      { weight: 1, arbitrary: fc.constant(0) },
    ),
    served: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 })),
  }),
  { minLength: 1, maxLength: 40 },
);

describe("any course of a queue", () => {
  it("is judged as by a list of all samples, and four marks are kept of it at most", () => {
    fc.assert(
      fc.property(COURSE, (steps) => {
        const { look, waiting } = watched();
        const samples: Sample[] = [];
        for (const step of steps) {
          const before = samples.at(-1) ?? { atMs: T0, total: 0 };
          const [atMs, total] = [before.atMs + step.afterMs, before.total + step.served];
          samples.push({ atMs, total, queued: step.queued });
          const isBusy = look(step) !== null;
          const { byAll, byAny } = judgePlainly(samples);
          if (byAll) expect(isBusy).toBe(true);
          if (!byAny) expect(isBusy).toBe(false);
          expect(waiting()?.marks.length ?? 0).toBeLessThanOrEqual(4);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
