import { describe, expect, it } from "vitest";
import { fastestAndSlowest, sparkline } from "../../../functions/page/sparkline.ts";

describe("the line of the last hour", () => {
  it("has a gap where nothing answered, and a dash for an answer between two of them", () => {
    expect(sparkline([10, 10, null, 20, null])).toBe("M0 12h1L2 12M6 4h1");
  });

  it("is none where nothing answered at all", () => {
    expect([sparkline([null, null]), fastestAndSlowest([null, null])]).toEqual(["", null]);
  });

  it("says between which times the answers came", () => {
    expect(fastestAndSlowest([null, 40, 12, 20])).toEqual([12, 40]);
  });
});
