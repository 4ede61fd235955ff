/**
 * Where browsers find the style sheet and the scripts, and how they are sent where the platform does not do it. Used by views/frame.tsx,
 * mounted by pages.tsx. Invariant: a file is compressed when the program is built, not when it is asked for.
 */
import { toResponse, type Bytes } from "../http/bytes.ts";
import { acceptsGzip, gunzip, type PackedFiles } from "../http/content-coding.ts";
import { AppError } from "../http/problem.ts";
import { ASSET_HEADERS, assetFile, ASSETS_PATH } from "./asset-files.ts";
import { BUILT_ASSETS, type BuiltAsset } from "./built-assets.ts";

/** `page.css` → `/assets/page.1f0c9a7b3e.css`. Throws for what was not built. */
export function assetPath(name: string): string {
  const built = BUILT_ASSETS[name];
  if (!built) throw new Error(`there is no asset ${name}: scripts/browser-assets.ts lists them`);
  return ASSETS_PATH + assetFile(name, built.hash);
}

/** By their addresses. */
export const ASSETS: ReadonlyMap<string, BuiltAsset> = new Map(
  Object.entries(BUILT_ASSETS).map(([name, built]) => [assetPath(name), built]),
);

export const NO_ASSET = "There is no such file.";

interface Asked {
  readonly path: string;
  readonly contentType: string;
  /** The header Accept-Encoding. */
  readonly accepted: string | null;
}

/** Throws where there is no such file: it has been deleted, or the platform answers before we are asked. */
export async function sendAsset(files: PackedFiles, { path, contentType, accepted }: Asked): Promise<Response> {
  const packed = files.get(path.slice(ASSETS_PATH.length));
  if (!packed) throw new AppError("not_found", NO_ASSET);
  const headers = { ...ASSET_HEADERS, "content-type": contentType };
  if (!acceptsGzip(accepted)) return sized({ status: 200, headers, body: await gunzip(packed) });
  return sized({ status: 200, headers: { ...headers, "content-encoding": "gzip" }, body: packed });
}

/** Says how long it is, also to who asks for the headers alone. */
function sized({ body, headers, status }: Bytes & { readonly body: Uint8Array<ArrayBuffer> }): Response {
  return toResponse({ status, headers: { ...headers, "content-length": String(body.byteLength) }, body });
}
