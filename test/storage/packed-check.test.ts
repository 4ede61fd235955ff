import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packChecks, unpackChecks, unpackChecksOf } from "../../shared/storage/packed-check.ts";
import { check, T0 } from "../support/checks.ts";

/** With the marks of JSON, and what looks like another check. */
const text = fc
  .array(fc.constantFrom('"', "\\", "[", "]", "{", "}", ",", "a", '["redis",', '["redis",1,2,"healthy"]', "ä"))
  .map((parts) => parts.join(""));

const anyCheck = fc
  .record({ serviceId: fc.constantFrom("redis", "red", "ollama"), message: text, data: fc.jsonValue({ maxDepth: 3 }) })
  .map(({ serviceId, message, data }) => {
    const likeAnother = [["redis", 1, 2, "healthy"], data];
    const details = { data: JSON.parse(JSON.stringify(likeAnother)) };
    return check(serviceId, T0, { status: "error", reason: "refused", message, details });
  });

const sweep = fc.array(anyCheck, { maxLength: 8 });

describe("packed checks", () => {
  it("of one service are those among all, whatever the others and their texts hold", () => {
    fc.assert(
      fc.property(sweep, (checks) => {
        const json = packChecks(checks, T0);
        const own = unpackChecks(json, T0).filter(({ serviceId }) => serviceId === "redis");
        expect(unpackChecksOf("redis", json, T0)).toEqual(own);
      }),
    );
  });

  it("that are cut off, or go on after their end, are none of ours", () => {
    const json = packChecks([check("redis", T0), check("ollama", T0, { message: "]" })], T0);
    for (let length = 0; length < json.length; length += 1)
      expect(() => unpackChecksOf("redis", json.slice(0, length), T0)).toThrow(/list|text/);
    for (const rest of ["]", "[]", "x", json]) expect(() => unpackChecksOf("redis", json + rest, T0)).toThrow(/list/);
    expect(() => unpackChecksOf("redis", '{"redis":1}', T0)).toThrow(/list/);
  });
});
