/** What somebody finds who looks for words. */
import { expect, it } from "vitest";
import { matchesWords } from "../../../shared/domain/text/matches-words.ts";

it.each([
  ["", true],
  ["  ", true],
  ["tools", true],
  ["OUT tool", true],
  [" timeout  server ", true],
  ["tools redis", false],
  ["toolsserver", false],
])("%j in 'Timeout Tools Server': %s", (wanted, matches) => {
  expect(matchesWords("Timeout Tools Server", wanted)).toBe(matches);
});
