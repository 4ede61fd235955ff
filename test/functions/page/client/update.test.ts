/** Updates that nobody has looked at yet. */
import { expect, it } from "vitest";
import { join, type Update } from "../../../../functions/page/client/update.ts";

const FIRST: Update = { at: "1", order: ["a", "b"], sections: { verdict: "v1" }, rows: { a: "a1", b: "b1" } };
const SECOND: Update = { at: "2", order: ["b", "a"], sections: {}, rows: { b: "b2" } };

it("Two updates joined show what one after the other would show", () => {
  expect(join(FIRST, SECOND)).toEqual({
    at: "2",
    order: ["b", "a"],
    sections: { verdict: "v1" },
    rows: { a: "a1", b: "b2" },
  });
  expect(join(null, FIRST)).toBe(FIRST);
});
