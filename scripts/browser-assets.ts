/**
 * Makes what browsers load beside the pages, minified. Their names come into the bundle, in place of functions/page/built-assets.ts
 * (vitest.config.ts does the same for the tests); the files come into dist/, once for a process that sends them and once for a platform.
 * To add a script: a line of SCRIPTS. Needs only packages of `dependencies`.
 * Invariant: the same sources make the same bytes, and an asset is named after them.
 */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync, constants } from "node:zlib";
import { build, transform, type Plugin } from "esbuild";
import { ASSET_HEADERS, assetFile, ASSETS_PATH } from "../functions/page/asset-files.ts";
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
  const built = (await buildAssets()).map(({ name, contentType, hash }) => [name, { contentType, hash }] as const);
  return `export const BUILT_ASSETS = ${JSON.stringify(Object.fromEntries<BuiltAsset>(built))};`;
}

/**
 * `compressed/` holds what a process sends; `static/` is a site for Cloudflare, which compresses what it sends as each browser likes it.
 * gzip alone: browsers take brotli over https only, where it would make 10 to 12 % less of them (November 2026).
 */
export async function writeAssets(folder: string): Promise<void> {
  const [compressed, site] = [join(folder, "compressed"), join(folder, "static")];
  await Promise.all([compressed, join(site, ASSETS_PATH)].map((path) => mkdir(path, { recursive: true })));
  const files = (await buildAssets()).flatMap(({ name, hash, text }) => [
    [join(site, ASSETS_PATH, assetFile(name, hash)), text] as const,
    [join(compressed, `${assetFile(name, hash)}.gz`), gzipSync(text, { level: constants.Z_BEST_COMPRESSION })] as const,
  ]);
  const headers = Object.entries(ASSET_HEADERS).map(([name, value]) => `  ${name}: ${value}\n`);
  await writeFile(join(site, "_headers"), [`${ASSETS_PATH}*\n`, ...headers].join(""));
  for (const [path, contents] of files) await writeFile(path, contents);
}

interface Asset extends BuiltAsset {
  readonly name: string;
  readonly text: string;
}

async function buildAssets(): Promise<readonly Asset[]> {
  const { code: style } = await transform(STYLE, { loader: "css", minify: true, target: TARGET });
  const scripts = Object.entries(SCRIPTS).map(async ([name, path]) =>
    describe({ name: `${name}.js`, type: "text/javascript", text: await bundleScript(path) }),
  );
  return [describe({ name: "page.css", type: "text/css", text: style }), ...(await Promise.all(scripts))];
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

function describe({ name, type, text }: Pick<Asset, "name" | "text"> & { readonly type: string }): Asset {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  return { name, text, hash, contentType: `${type}; charset=utf-8` };
}
