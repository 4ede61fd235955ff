/**
 * Makes what browsers load beside the pages, minified and compressed, and puts it into the bundle in place of
 * functions/page/built-assets.ts; vitest.config.ts does the same for the tests.
 * To add a script: a line of SCRIPTS. Needs only packages of `dependencies`.
 * Invariant: the same sources make the same bytes, and an asset is named after them.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gzipSync, constants } from "node:zlib";
import { build, transform, type Plugin } from "esbuild";
import type { BuiltAsset } from "../functions/page/built-assets.ts";
import { STYLE } from "../functions/page/style.ts";
import { slimIdiomorph } from "./slim-idiomorph.ts";
import { slimUplot } from "./slim-uplot.ts";

/** Where each begins; they share nothing, so that a page loads one file for each thing it can do. */
const SCRIPTS = {
  page: "functions/page/client/page.ts",
  service: "functions/page/client/service.ts",
  public: "functions/page/client/public.ts",
} as const;

/** What any browser of the last three years understands. */
const TARGET = ["chrome111", "firefox113", "safari16.4"];

const ROOT = join(import.meta.dirname, "..");

/** What is put in the place of. */
export const EMBEDDED = /\/page\/built-assets\.ts$/;

export const embedAssets: Plugin = {
  name: "embed-assets",
  setup({ onLoad }) {
    onLoad({ filter: EMBEDDED }, async () => ({ contents: await assetModule(), loader: "js" }));
  },
};

export async function assetModule(): Promise<string> {
  return `export const BUILT_ASSETS = ${JSON.stringify(await buildAssets())};`;
}

async function buildAssets(): Promise<Readonly<Record<string, BuiltAsset>>> {
  const { code: style } = await transform(STYLE, { loader: "css", minify: true, target: TARGET });
  const scripts = Object.entries(SCRIPTS).map(
    async ([name, path]) => [`${name}.js`, pack(await bundleScript(path), "text/javascript")] as const,
  );
  return Object.fromEntries([["page.css", pack(style, "text/css")], ...(await Promise.all(scripts))]);
}

async function bundleScript(path: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [path],
    bundle: true,
    format: "iife",
    minify: true,
    target: TARGET,
    plugins: [slimIdiomorph, slimUplot],
    write: false,
  });
  return outputFiles.map(({ text }) => text).join("");
}

/**
 * gzip alone: browsers take brotli over https only, where the edge packs anew, and the bundle would hold both. Brotli makes 10 to 12 %
 * less of them (scripts and style sheet, November 2026).
 */
function pack(text: string, type: string): BuiltAsset {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  const gzip = gzipSync(text, { level: constants.Z_BEST_COMPRESSION }).toString("base64");
  return { contentType: `${type}; charset=utf-8`, hash, gzip };
}
