/**
 * Leaves out of Idiomorph how it merges the `<head>` of a document: ours are told by a few attributes (client/freshness.ts). A bundler
 * cannot, since the choice is made while it runs; it takes 0.4 of 3.8 kB, compressed (Idiomorph 0.8, November 2026). Used by browser-assets.ts.
 * Invariant: an Idiomorph that is written in another way is not built, so that nobody relies on what is not there.
 */
import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/** Which elements are merged in a way of their own, and what waits for that. */
const CHOICES = [
  'is.headElement(oldNode) && ctx.head.style === "none"',
  'is.headElement(oldNode) && ctx.head.style !== "morph"',
  'ctx.head.block && ctx.head.style !== "none"',
] as const;

/** The function that does it, as a whole. */
const MERGING = /\n {2}function handleHeadElement\([\s\S]*?\n {2}\}\n/;

export const slimIdiomorph: Plugin = {
  name: "slim-idiomorph",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]idiomorph\.esm\.js$/ }, async ({ path }) => ({
      contents: withoutHeads(await readFile(path, "utf8")),
      loader: "js",
    }));
  },
};

export function withoutHeads(source: string): string {
  const missing =
    CHOICES.find((choice) => !source.includes(choice)) ?? (MERGING.test(source) ? null : "handleHeadElement");
  if (missing !== null) throw new Error(`Idiomorph has no "${missing}" any more: see scripts/slim-idiomorph.ts`);
  return CHOICES.reduce((left, choice) => left.replace(choice, "false"), source.replace(MERGING, "\n"));
}
