import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { slimmed } from "../../scripts/slim-idiomorph.ts";

const source = readFileSync(new URL("../../node_modules/idiomorph/dist/idiomorph.esm.js", import.meta.url), "utf8");

it("What is left of Idiomorph is a module without the merging of heads, and without the making of markup", async () => {
  const slim = slimmed(source);
  expect(source.length - slim.length).toBeGreaterThan(4_000);
  for (const word of ["function handleHeadElement", "function parseContent", "DOMParser"])
    expect(slim).not.toContain(word);
  const { Idiomorph } = (await import(`data:text/javascript,${encodeURIComponent(slim)}`)) as {
    readonly Idiomorph: { readonly morph: unknown };
  };
  expect(Idiomorph.morph).toBeTypeOf("function");
});

it("An Idiomorph that is written in another way is not built", () => {
  expect(() => slimmed(slimmed(source))).toThrow("headElement");
});
