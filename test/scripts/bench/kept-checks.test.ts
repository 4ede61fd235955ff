/**
 * What counts as lost and as doubled when acknowledged checks are looked for in a database.
 */
import { describe, expect, it } from "vitest";
import { keptChecks } from "../../../scripts/bench/kept-checks.ts";

describe("Checks that were acknowledged", () => {
  it("are kept when each is stored once, whatever else is stored", () => {
    expect(keptChecks(["a 1", "b 1"], ["a 1", "a 2", "b 1"])).toEqual({ lost: [], doubled: [] });
  });

  it("are lost when they are not stored, each once however often it was acknowledged", () => {
    expect(keptChecks(["a 1", "a 2", "a 2"], ["a 1"])).toEqual({ lost: ["a 2"], doubled: [] });
  });

  it("are doubled when they are stored more than once, and so is a check that nobody knew of", () => {
    expect(keptChecks(["a 1"], ["a 1", "a 1", "b 1", "b 1", "b 1"])).toEqual({ lost: [], doubled: ["a 1", "b 1"] });
  });
});
