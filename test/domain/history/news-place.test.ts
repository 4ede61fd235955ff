import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatNewsPlace,
  parseNewsPlace,
  placeAfter,
  placeAtCommit,
  type NewsPlace,
} from "../../../shared/domain/history/news-place.ts";

const place = fc.record({ generation: fc.nat(), told: fc.nat({ max: 9_999 }) });

describe("a place in the news", () => {
  it("is the generation, and behind a point what has been told of the next one", () => {
    expect(formatNewsPlace({ generation: 120, told: 0 })).toBe("120");
    expect(formatNewsPlace({ generation: 120, told: 3 })).toBe("120.0003");
  });

  it("comes back as it was sent", () => {
    const comesBack = (one: NewsPlace): void => {
      expect(parseNewsPlace(formatNewsPlace(one))).toEqual(one);
    };
    fc.assert(fc.property(place, comesBack));
  });

  it.each(["", "-1", "1.5", "01", "1e3", "1.00001", "12345678901234567", "abc", "1 "])("is not %j", (text) => {
    expect(parseNewsPlace(text)).toBeNull();
  });

  it("is a larger number the later it is, whatever comes", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("item" as const), later: fc.nat({ max: 2 }) }),
      fc.record({ kind: fc.constant("commit" as const), later: fc.nat({ max: 2 }) }),
    );
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), fc.array(step, { maxLength: 60 }), (generation, steps) => {
        let now = { generation, told: 0 };
        for (const { kind, later } of steps) {
          // An item belongs to the next commit at the earliest; a commit may bring none.
          const next =
            kind === "item" ? placeAfter(now, now.generation + 1 + later) : placeAtCommit(now, now.generation + later);
          const [before, after] = [Number(formatNewsPlace(now)), Number(formatNewsPlace(next))];
          expect(after).toBeGreaterThanOrEqual(before);
          if (kind === "item") expect(after).toBeGreaterThan(before);
          now = next;
        }
      }),
    );
  });
});
