import { describe, expect, it } from "vitest";
import { packIntegers, unpackIntegers } from "../../shared/storage/packed-integers.ts";

describe("packed integers", () => {
  it.each([
    ["none", [], 0],
    ["small ones", [0, 1, 255], 1],
    ["one that needs a byte more", [0, 256], 2],
    ["the largest duration", [2 ** 48 - 1, 7], 6],
  ])("come back as they were, in as many bytes as the largest needs: %s", (_what, values, width) => {
    const bytes = packIntegers(values);
    expect(bytes).toHaveLength(1 + values.length * width);
    expect(unpackIntegers(bytes)).toEqual(values);
    expect(unpackIntegers([...bytes])).toEqual(values); // as D1 hands it out
  });

  it.each([[-1], [0.5], [Number.NaN], [2 ** 48]])("cannot hold %d", (value) => {
    expect(() => packIntegers([3, value])).toThrow("cannot be packed");
  });

  it.each([
    ["nothing at all", []],
    ["a width of nothing", [0]],
    ["a width that we never write", [7, 0, 0, 0, 0, 0, 0, 0]],
    ["half a value", [2, 0, 1, 5]],
  ])("are told from %s", (_what, bytes) => {
    expect(() => unpackIntegers(bytes)).toThrow("not packed integers");
  });
});
