/** What a reader has to load before a page can do all that it does: budgets, in bytes as they are sent. */
import { expect, it } from "vitest";
import { assetFile } from "../../../functions/page/asset-files.ts";
import { BUILT_ASSETS } from "../../../functions/page/built-assets.ts";
import { readAssetFiles } from "../../../shared/node/asset-files.ts";

const files = readAssetFiles(new URL("../../../dist/compressed/", import.meta.url));

const sent = (...names: readonly string[]): number =>
  names.reduce((sum, name) => sum + (files.get(assetFile(name, BUILT_ASSETS[name]?.hash ?? ""))?.length ?? NaN), 0);

it.each([
  ["a page", ["page.js"], 8_000],
  ["the page of a service with its chart", ["page.js", "service.js"], 32_000],
])("The scripts of %s are small", (_page, names, most) => {
  expect(sent(...names)).toBeGreaterThan(0);
  expect(sent(...names)).toBeLessThanOrEqual(most);
});
