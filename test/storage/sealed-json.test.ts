import fc from "fast-check";
import { expect, it } from "vitest";
import { seal, unseal } from "../../shared/storage/memories.ts";

const texts = fc
  .jsonValue()
  .map((value) => ({ value: JSON.parse(JSON.stringify(value)), text: seal(JSON.parse(JSON.stringify(value))) }));

it("What was sealed comes back as it was", () => {
  fc.assert(
    fc.property(texts, ({ value, text }) => {
      expect(unseal(text)).toEqual(value);
    }),
  );
});

it("What was damaged in one place, or cut, does not come back", () => {
  fc.assert(
    fc.property(texts, fc.nat(), fc.string({ maxLength: 1, unit: "binary" }), ({ text }, at, other) => {
      const index = at % text.length;
      const damaged = text.slice(0, index) + other + text.slice(index + 1);
      fc.pre(damaged !== text);
      expect(() => unseal(damaged)).toThrow("not as it was stored");
      expect(() => unseal(text.slice(0, index))).toThrow("not as it was stored");
    }),
    { numRuns: 1_000 },
  );
});

it("What was damaged anywhere comes back as it was or not at all", () => {
  fc.assert(
    fc.property(
      texts,
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 8 }),
      (sealed, flips) => {
        const bytes = Buffer.from(sealed.text);
        for (const [at, mask] of flips) {
          const index = at % bytes.length;
          bytes[index] = (bytes[index] ?? 0) ^ mask;
        }
        const read = (): unknown => {
          try {
            return unseal(bytes.toString());
          } catch {
            return sealed.value;
          }
        };
        expect(read()).toEqual(sealed.value);
      },
    ),
    { numRuns: 1_000 },
  );
});
