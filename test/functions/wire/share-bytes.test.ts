import { expect, it } from "vitest";
import { shareBytes } from "../../../functions/wire/share-bytes.ts";

const entries = (count: number, text: string) => Array.from({ length: count }, () => ({ text }));

it("Lists share bytes: each has as many, and what one does not need the others have", () => {
  // {"text":"a"} and a comma are 13 bytes; with eight emoji instead of a letter 44.
  const short = entries(9, "a");
  const long = entries(9, "\u{1F600}".repeat(8));
  expect(shareBytes([short, short], 4 * 13)).toEqual([2, 2]);
  expect(shareBytes([short, long], 2 * 44 + 4 * 13)).toEqual([4, 2]);
  expect(shareBytes([[], long, entries(1, "a")], 3 * 44 + 13)).toEqual([0, 3, 1]);
  expect(shareBytes([short, long], 12)).toEqual([0, 0]);
});
