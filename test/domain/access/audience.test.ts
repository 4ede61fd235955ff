import { describe, expect, it } from "vitest";
import { Audience } from "../../../shared/domain/access/audience.ts";

const LIMITS = { most: 4, mostOfAddress: 2 };
const AT = { nowMs: 0, untilMs: 1_000 };

describe("places for those who listen", () => {
  it("are so many of one address, and so many in all", () => {
    const audience = new Audience();
    expect(audience.admit("a", LIMITS, AT)).not.toBeNull();
    expect(audience.admit("a", LIMITS, AT)).not.toBeNull();
    expect(audience.admit("a", LIMITS, AT)).toBeNull();
    expect(audience.admit("b", LIMITS, AT)).not.toBeNull();
    expect(audience.admit("c", LIMITS, AT)).not.toBeNull();
    expect(audience.admit("d", LIMITS, AT)).toBeNull();
    expect(audience.size).toBe(4);
  });

  it("are free again when they are given back, once however often", () => {
    const audience = new Audience();
    const free = audience.admit("a", LIMITS, AT);
    audience.admit("a", LIMITS, AT);
    free?.();
    free?.();
    expect(audience.admit("a", LIMITS, AT)).not.toBeNull();
    expect(audience.admit("a", LIMITS, AT)).toBeNull();
  });

  it("are free again by themselves when their time is over, and nobody has given them back", () => {
    const audience = new Audience();
    const late = audience.admit("a", LIMITS, AT);
    audience.admit("a", LIMITS, { nowMs: 0, untilMs: 5_000 });
    expect(audience.admit("a", LIMITS, { nowMs: 999, untilMs: 9_000 })).toBeNull();
    expect(audience.admit("a", LIMITS, { nowMs: 1_000, untilMs: 9_000 })).not.toBeNull();
    late?.();
    expect(audience.size).toBe(2);
  });

  it("are as many as there are for an address that speaks for many", () => {
    const audience = new Audience();
    const trusted = { ...LIMITS, mostOfAddress: Infinity };
    for (let count = 0; count < 4; count += 1) expect(audience.admit("proxy", trusted, AT)).not.toBeNull();
    expect(audience.admit("proxy", trusted, AT)).toBeNull();
  });
});
