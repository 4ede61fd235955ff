import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withoutHeads } from "../../scripts/slim-idiomorph.ts";

const source = readFileSync(new URL("../../node_modules/idiomorph/dist/idiomorph.esm.js", import.meta.url), "utf8");

it("What is left of Idiomorph is a module without the merging of heads", async () => {
  const slim = withoutHeads(source);
  expect(source.length - slim.length).toBeGreaterThan(2_000);
  expect(slim).not.toContain("function handleHeadElement");
  const { Idiomorph } = (await import(`data:text/javascript,${encodeURIComponent(slim)}`)) as {
    readonly Idiomorph: { readonly morph: unknown };
  };
  expect(Idiomorph.morph).toBeTypeOf("function");
});

it("An Idiomorph that is written in another way is not built", () => {
  expect(() => withoutHeads(withoutHeads(source))).toThrow("headElement");
});
