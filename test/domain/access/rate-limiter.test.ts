import { describe, expect, it } from "vitest";
import { RateLimiter } from "../../../shared/domain/access/rate-limiter.ts";
import { T0 } from "../../support/checks.ts";

const limiterOf = () => new RateLimiter({ burst: 3, perSecond: 0.5 });

describe("a rate limiter", () => {
  it("lets in as many at once as a burst has, and then one each time it is told to wait for", () => {
    const limiter = limiterOf();
    const take = (afterMs: number): number => limiter.take("kim", T0 + afterMs);
    expect([take(0), take(0), take(0), take(0)]).toEqual([0, 0, 0, 2]);
    expect([take(1_000), take(2_000), take(2_000)]).toEqual([1, 0, 2]);
    expect([take(3_600_000), take(3_600_000), take(3_600_000), take(3_600_000)]).toEqual([0, 0, 0, 2]);
  });

  it("counts each name for itself", () => {
    const limiter = limiterOf();
    for (let count = 0; count < 9; count += 1) limiter.take("kim", T0);
    expect([limiter.take("kim", T0), limiter.take("lee", T0)]).toEqual([2, 0]);
  });

  it("takes nothing away when the clock goes back", () => {
    const limiter = limiterOf();
    expect([limiter.take("kim", T0), limiter.take("kim", T0 - 60_000), limiter.take("kim", T0)]).toEqual([0, 0, 0]);
  });

  it("remembers those that were asked for last, a thousand of them", () => {
    const limiter = limiterOf();
    for (let count = 0; count < 4; count += 1) for (const name of ["kim", "lee"]) limiter.take(name, T0);
    for (let index = 0; index < 998; index += 1) limiter.take(`${index}`, T0);
    expect(limiter.take("lee", T0)).toBe(2);
    for (let index = 998; index < 1_997; index += 1) limiter.take(`${index}`, T0);
    expect([limiter.take("lee", T0), limiter.take("kim", T0)]).toEqual([2, 0]);
  });
});
