/**
 * Rounds on storage that fails and loses answers.
 */
import { describe, expect, it } from "vitest";
import type { Store } from "../../../shared/ports/store.ts";
import { T0 } from "../../support/checks.ts";
import { after, failing, finish, MINUTE_MS, minutely, roundsBench as bench } from "../../support/probe-rounds-bench.ts";

/** As D1 says it (developers.cloudflare.com/d1/observability/debug-d1). */
const D1_ERRORS = [
  "D1_ERROR: D1 DB reset because its code was updated.",
  "D1_ERROR: Network connection lost.",
  "D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.",
  "D1_ERROR: Cannot resolve D1 DB due to transient issue on remote node.",
  "D1_ERROR: D1 DB is overloaded. Too many requests queued.",
  "D1_ERROR: Exceeded maximum DB memory limit.",
];

describe.each(D1_ERRORS)("%s", (message) => {
  it.each(["before", "after"] as const)("%s any single call costs no check and doubles none", async (moment) => {
    for (let broken = 2; broken <= 4; broken += 1) {
      const service = minutely("a");
      const wrap = failing(message, (call) => (call === broken ? moment : null));
      const { clock, sweeper, sampleCount, store } = bench([service], wrap);
      await finish(clock, sweeper.round());
      expect([broken, await sampleCount("a"), await store.countSweeps()]).toEqual([broken, 1, 1]);
    }
  });

  it("four times in a row costs no check", async () => {
    const service = minutely("a");
    const wrap = failing(message, (call) => (call >= 2 && call <= 9 ? "before" : null));
    const { clock, sweeper, sampleCount } = bench([service], wrap);
    await finish(clock, sweeper.round());
    expect(await sampleCount("a")).toBe(1);
  });

  it("for good ends the round with a line in the log, and the next one looks again", async () => {
    const service = minutely("a");
    let isBroken = true;
    const { clock, sweeper, sampleCount, logged } = bench(
      [service],
      failing(message, (call) => (isBroken && call > 1 ? "before" : null)),
    );
    await finish(clock, sweeper.round(), MINUTE_MS);
    expect(logged).toEqual(["error the round failed"]);
    isBroken = false;
    await finish(clock, sweeper.round());
    expect([service.asked, await sampleCount("a")]).toEqual([2, 1]);
  });
});

const silence = (id: string) => {
  const span = { createdAtMs: T0, startsAtMs: T0, endsAtMs: T0 * 2 };
  const matcher = { services: ["a"], severities: [] };
  return { kind: "silence", silence: { id, matcher, ...span, author: "kim", comment: "x" } } as const;
};

describe("what somebody asks for", () => {
  it.each(["before", "after"] as const)(
    "is done once and answered once, although a call fails %s it took effect",
    async (moment) => {
      for (let broken = 2; broken <= 4; broken += 1) {
        const wrap = failing("D1_ERROR: Network connection lost.", (call) => (call === broken ? moment : null));
        const { clock, sweeper, store } = bench([minutely("a")], wrap);
        const outcome = sweeper.apply(silence("s"));
        await clock.advance(MINUTE_MS);
        expect(await outcome).toBe("done");
        expect((await store.readSnapshot())?.alerting.silences.map(({ id }) => id)).toEqual(["s"]);
      }
    },
  );

  it("is answered with the storage's error when that fails for good", async () => {
    const { clock, sweeper, store } = bench(
      [minutely("a")],
      failing("D1_ERROR: Network connection lost.", (call) => (call > 1 ? "before" : null)),
    );
    const answer = sweeper.apply(silence("s")).catch(String);
    await clock.advance(MINUTE_MS);
    expect(await answer).toContain("connection lost");
    expect(await store.readSnapshot()).toBeNull();
  });

  it("keeps the checks and the words of a round that commits first", async () => {
    const service = minutely("a");
    const { clock, another, store, sampleCount } = bench([service]);
    service.response = after(clock, 3_000);
    const round = another().round();
    await clock.advance(1_000);
    expect(await another().apply(silence("s"))).toBe("done");
    await finish(clock, round, 40_000);
    expect(await sampleCount("a")).toBe(1);
    expect((await store.readSnapshot())?.alerting.silences).toHaveLength(1);
  });
});

describe("a database on which others always commit first", () => {
  it("ends the round and answers whoever asked for something, with that as the reason", async () => {
    const wrap = (store: Store): Store => ({ ...store, commitSweep: async () => "stale_generation" });
    const { clock, sweeper, logged } = bench([minutely("a")], wrap);
    await finish(clock, sweeper.round());
    expect(logged).toEqual(["error the round failed"]);
    const answer = sweeper.apply(silence("s")).catch(String);
    await clock.advance(MINUTE_MS);
    expect(await answer).toContain("others always committed first");
  });
});
