/**
 * Leaves out of Idiomorph what we never ask of it: how it merges the `<head>` of a document (ours are told by a few attributes,
 * client/freshness.ts), and how it makes markup of text (morph.ts alone does, by trusted types). A bundler cannot, since the choice is made
 * while it runs; it takes 0.6 of 3.8 kB, compressed (Idiomorph 0.8, November 2026). Used by browser-assets.ts.
 * Invariant: an Idiomorph that is written in another way is not built, so that nobody relies on what is not there.
 */
import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/** Which elements are merged in a way of their own, and what waits for that; and whether it is given text. */
const CHOICES = [
  'is.headElement(oldNode) && ctx.head.style === "none"',
  'is.headElement(oldNode) && ctx.head.style !== "morph"',
  'ctx.head.block && ctx.head.style !== "none"',
  'typeof newContent === "string"',
] as const;

/** The functions that do it, as a whole. */
const FUNCTIONS = [
  /\n {2}function handleHeadElement\([\s\S]*?\n {2}\}\n/,
  /\n {4}function parseContent\([\s\S]*?\n {4}\}\n/,
] as const;

export const slimIdiomorph: Plugin = {
  name: "slim-idiomorph",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]idiomorph\.esm\.js$/ }, async ({ path }) => ({
      contents: slimmed(await readFile(path, "utf8")),
      loader: "js",
    }));
  },
};

export function slimmed(source: string): string {
  const missing =
    CHOICES.find((choice) => !source.includes(choice)) ?? FUNCTIONS.find((each) => !each.test(source))?.source ?? null;
  if (missing !== null) throw new Error(`Idiomorph has no "${missing}" any more: see scripts/slim-idiomorph.ts`);
  const left = FUNCTIONS.reduce((rest, each) => rest.replace(each, "\n"), source);
  return CHOICES.reduce((rest, choice) => rest.replace(choice, "false"), left);
}
