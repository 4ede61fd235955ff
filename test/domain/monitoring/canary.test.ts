/**
 * When a canary is due, what one leaves, and when silence means that a server is wedged.
 */
import { describe, expect, it } from "vitest";
import {
  afterCanary,
  afterFailure,
  afterLoss,
  afterRefusal,
  afterRestart,
  followClock,
  isCanaryDue,
  isUnconfirmed,
  judgeSilence,
  spentToday,
  withoutVerdict,
  type CanaryMemory,
  type CanaryRules,
} from "../../../shared/domain/monitoring/canary.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Noon of a day, UTC. */
const NOON_MS = 20_000 * DAY_MS + 12 * HOUR_MS;
const RULES: CanaryRules = { everyMs: 15 * MINUTE_MS, budget: 100 };

/** From noon, sent whenever they are due, looked at every 10 s; each takes so long, or null. */
function run(rules: CanaryRules, forMs: number, tookMs: number | null) {
  const sentMs: number[] = [];
  let memory: CanaryMemory | null = null;
  for (let nowMs = NOON_MS; nowMs < NOON_MS + forMs; nowMs += 10 * SECOND_MS) {
    if (!isCanaryDue(memory, rules, nowMs)) continue;
    sentMs.push(nowMs);
    memory = afterCanary(memory, tookMs, nowMs);
  }
  return { memory, sentMs };
}

/** So many that were answered, a quarter of an hour apart; the last one at noon. */
function answered(count: number, tookMs: (index: number) => number): CanaryMemory | null {
  let memory: CanaryMemory | null = null;
  for (let index = 0; index < count; index += 1)
    memory = afterCanary(memory, tookMs(index), NOON_MS - (count - 1 - index) * RULES.everyMs);
  return memory;
}

describe("a canary", () => {
  it("is due at once, and then as often as it is wished", () => {
    const { sentMs } = run(RULES, HOUR_MS, 100);
    expect(sentMs.map((ms) => (ms - NOON_MS) / MINUTE_MS)).toEqual([0, 15, 30, 45]);
  });

  it("is sent no more often a day than its budget, which begins anew at midnight UTC", () => {
    const rules = { everyMs: MINUTE_MS, budget: 30 };
    const { sentMs } = run(rules, 3 * DAY_MS, 100);
    const days = Map.groupBy(sentMs, (ms) => Math.floor(ms / DAY_MS));
    expect([...days.values()].map(({ length }) => length)).toEqual([30, 30, 30, 30]);
    expect(sentMs[30]).toBe(20_001 * DAY_MS);
  });

  it("shows what is spent today, and nothing of what was spent yesterday", () => {
    const { memory } = run(RULES, HOUR_MS, 100);
    expect(spentToday(memory, NOON_MS + HOUR_MS)).toBe(4);
    expect(spentToday(memory, NOON_MS + DAY_MS)).toBe(0);
    expect(spentToday(null, NOON_MS)).toBe(0);
  });

  it("goes on when the clock has gone back", () => {
    const memory = afterCanary(null, 100, NOON_MS);
    expect(isCanaryDue(memory, RULES, NOON_MS - HOUR_MS)).toBe(true);
    const again = afterCanary(memory, 100, NOON_MS - HOUR_MS);
    expect(isCanaryDue(again, RULES, NOON_MS - HOUR_MS + MINUTE_MS)).toBe(false);
    expect(isCanaryDue(again, RULES, NOON_MS - HOUR_MS + RULES.everyMs)).toBe(true);
  });

  /** Probes a minute apart, by clocks that may be wrong; how many canaries were sent by each. */
  function live(rules: CanaryRules, clocks: readonly { fromMs: number; minutes: number }[]): number[] {
    let memory: CanaryMemory | null = null;
    return clocks.map(({ fromMs, minutes }) => {
      let sent = 0;
      for (let minute = 0; minute < minutes; minute += 1) {
        const nowMs = fromMs + minute * MINUTE_MS;
        memory = memory && followClock(memory, nowMs);
        if (!isCanaryDue(memory, rules, nowMs)) continue;
        memory = afterCanary(memory, 100, nowMs);
        sent += 1;
      }
      return sent;
    });
  }

  it.each([1, 2, 3, 400])("gets no new budget by a clock that leaps back and forth by %i days", (days) => {
    const there = { fromMs: NOON_MS, minutes: 20 };
    const ahead = { fromMs: NOON_MS + days * DAY_MS, minutes: 20 };
    const farther = { fromMs: NOON_MS + (days + 1) * DAY_MS, minutes: 20 };
    const rules = { everyMs: MINUTE_MS, budget: 10 };
    expect(live(rules, [there, ahead, there, ahead, there, farther, there, farther])).toEqual([
      10, 10, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it("waits for a day at most after the clock was years ahead by mistake", () => {
    const rules = { everyMs: MINUTE_MS, budget: 10 };
    const wrong = { fromMs: NOON_MS + 4_000 * DAY_MS, minutes: 20 };
    const lived = { fromMs: NOON_MS, minutes: 24 * 60 };
    const later = { fromMs: NOON_MS + DAY_MS, minutes: 11 * 60 };
    const nextDay = { fromMs: NOON_MS + DAY_MS + 12 * HOUR_MS, minutes: 60 };
    expect(live(rules, [wrong, lived, later, nextDay])).toEqual([10, 0, 10, 10]);
  });

  it("that was not answered is repeated after a minute, and then less and less often", () => {
    const { sentMs } = run(RULES, HOUR_MS, null);
    expect(sentMs.map((ms) => (ms - NOON_MS) / MINUTE_MS)).toEqual([0, 1, 2, 3, 5, 9, 17, 32, 47]);
  });

  it("that is never answered does not use up a budget of a hundred before the evening", () => {
    const { sentMs } = run(RULES, 1.5 * DAY_MS, null);
    const next = sentMs.filter((ms) => ms >= 20_001 * DAY_MS);
    expect(next).toHaveLength(96);
    expect(next.at(-1)).toBeGreaterThan(20_001 * DAY_MS + 23 * HOUR_MS);
  });

  it("is not repeated sooner than it is wished where that is more often than every minute", () => {
    const { sentMs } = run({ everyMs: 30 * SECOND_MS, budget: 100 }, 2 * MINUTE_MS, null);
    expect(sentMs.map((ms) => (ms - NOON_MS) / SECOND_MS)).toEqual([0, 30, 60, 90]);
  });

  it("keeps twenty of the times that answers took", () => {
    expect(answered(30, (index) => index)?.tookMs).toEqual(Array.from({ length: 20 }, (_, index) => index + 10));
  });

  it("that was refused is spent, and is neither silence nor an answer", () => {
    const silent = afterCanary(
      answered(5, () => 100),
      null,
      NOON_MS + HOUR_MS,
    );
    const memory = afterRefusal(silent, NOON_MS + HOUR_MS + MINUTE_MS);
    expect(memory).toMatchObject({ answeredMs: NOON_MS, silent: 0, silentSinceMs: null, spent: 7 });
    expect(memory.tookMs).toHaveLength(5);
    expect(afterRefusal(null, NOON_MS)).toMatchObject({ answeredMs: null, tookMs: [], spent: 1, lastMs: NOON_MS });
  });
});

describe("a canary in vain", () => {
  const after = (memory: CanaryMemory | null) => memory && isUnconfirmed(memory);
  const failed = (count: number): CanaryMemory | null =>
    Array.from({ length: count }).reduce<CanaryMemory | null>(
      (memory, _, index) => afterFailure(memory, 500, NOON_MS + index * MINUTE_MS),
      answered(5, () => 100),
    );

  it("counts for nothing until the next one confirms it, whatever each of them was", () => {
    expect(after(failed(1))).toBe(true);
    expect(after(failed(2))).toBe(false);
    expect(after(afterCanary(failed(1), null, NOON_MS + MINUTE_MS))).toBe(false);
    expect(after(afterFailure(afterCanary(null, null, NOON_MS), 500, NOON_MS + MINUTE_MS))).toBe(false);
  });

  it("is confirmed after a minute, and asked again soon until it is answered, however seldom canaries are", () => {
    const rules = { everyMs: DAY_MS, budget: 100 };
    const sent: number[] = [];
    let memory = failed(1);
    for (let minute = 1; minute <= 60; minute += 1) {
      if (!isCanaryDue(memory, rules, NOON_MS + minute * MINUTE_MS)) continue;
      sent.push(minute);
      memory = afterFailure(memory, 500, NOON_MS + minute * MINUTE_MS);
    }
    expect(sent).toEqual([1, 2, 3, 5, 9, 17, 33]);
    const well = afterCanary(memory, 100, NOON_MS + HOUR_MS);
    expect(well).toMatchObject({ inVain: 0, failedStatus: null });
    expect(isCanaryDue(well, rules, NOON_MS + 2 * HOUR_MS)).toBe(false);
  });

  it("that is the last of the budget waits to be confirmed until there is another one, at midnight UTC", () => {
    const rules = { everyMs: 15 * MINUTE_MS, budget: 1 };
    const memory = afterFailure(null, 500, NOON_MS);
    expect(isCanaryDue(memory, rules, NOON_MS + 12 * HOUR_MS - 1)).toBe(false);
    expect(after(memory)).toBe(true);
    expect(isCanaryDue(memory, rules, NOON_MS + 12 * HOUR_MS)).toBe(true);
  });

  it("says nothing more when the server was started anew, but is spent; the next one is due at once", () => {
    const memory = failed(3);
    const anew = memory && afterRestart(memory);
    expect(anew).toMatchObject({ inVain: 0, failedStatus: null, spent: memory?.spent });
    expect(isCanaryDue(anew, RULES, NOON_MS + 3 * MINUTE_MS)).toBe(true);
    const known = answered(5, () => 100);
    expect(known && afterRestart(known)).toEqual(known);
  });

  it("stays what it is when one is lost on the way, which is spent", () => {
    const lost = afterLoss(failed(2), NOON_MS + 5 * MINUTE_MS);
    expect(lost).toMatchObject({ inVain: 2, failedStatus: 500, spent: 8, lastMs: NOON_MS + 5 * MINUTE_MS });
    expect(afterLoss(null, NOON_MS)).toMatchObject({ inVain: 0, spent: 1 });
  });
});

describe("silence", () => {
  const judged = (memory: CanaryMemory | null, afterMs: number) => judgeSilence(memory, NOON_MS + afterMs);
  /** After one that was answered at noon: so many that were not, a minute apart, the first at one minute past noon. */
  function silent(before: CanaryMemory | null, count: number): CanaryMemory | null {
    let memory = before;
    for (let index = 1; index <= count; index += 1) memory = afterCanary(memory, null, NOON_MS + index * MINUTE_MS);
    return memory;
  }

  it("is none before the first canary, and after an answer", () => {
    expect(judged(null, 0)).toBeNull();
    expect(
      judged(
        answered(1, () => 100),
        HOUR_MS,
      ),
    ).toBeNull();
    expect(judged(afterCanary(silent(null, 5), 100, NOON_MS), HOUR_MS)).toBeNull();
  });

  it("of one means nothing, and of two busy, however long ago", () => {
    const known = answered(20, () => 100);
    expect(judged(silent(known, 1), DAY_MS)).toBeNull();
    expect(judged(silent(known, 2), DAY_MS)).toBe("busy");
  });

  it("of three means wedged after five minutes, where answers take milliseconds", () => {
    const memory = silent(
      answered(20, () => 100),
      3,
    );
    expect(judged(memory, 6 * MINUTE_MS - 1)).toBe("busy");
    expect(judged(memory, 6 * MINUTE_MS)).toBe("wedged");
  });

  it("means wedged after ten times the 95th percentile, where that is longer", () => {
    // The slowest of twenty is an exception; the one before it takes 60 s.
    const memory = silent(
      answered(20, (index) => (index === 3 ? 90 : index === 7 ? 60 : 20) * SECOND_MS),
      3,
    );
    expect(judged(memory, 11 * MINUTE_MS - 1)).toBe("busy");
    expect(judged(memory, 11 * MINUTE_MS)).toBe("wedged");
  });

  it("of a server that is hardly known means wedged after ten minutes", () => {
    for (const known of [null, answered(4, () => 100)]) {
      const memory = silent(known, 10);
      expect(judged(memory, 11 * MINUTE_MS - 1)).toBe("busy");
      expect(judged(memory, 11 * MINUTE_MS)).toBe("wedged");
    }
  });

  it("begins no later than now, when the clock has gone back", () => {
    const memory = silent(afterCanary(null, null, NOON_MS + DAY_MS), 3);
    expect(judged(memory, 11 * MINUTE_MS)).toBe("wedged");
  });

  it("is over when what was silent is not there any more", () => {
    const memory = silent(
      answered(20, () => 100),
      3,
    );
    expect(memory && judged(withoutVerdict(memory), HOUR_MS)).toBeNull();
  });
});
