/**
 * Where browsers find the style sheet and the scripts, and how they are sent. Used by views/frame.tsx, mounted by pages.tsx.
 * Invariants: what is at an address never changes, so a browser may keep it for ever; it is compressed when the program is built, not
 * when it is asked for.
 */
import { SECURITY_HEADERS, toResponse } from "../http/bytes.ts";
import { acceptsGzip, gunzip } from "../http/content-coding.ts";
import { BUILT_ASSETS, type BuiltAsset } from "./built-assets.ts";

const HEADERS = {
  ...SECURITY_HEADERS,
  "cache-control": "public, max-age=31536000, immutable",
  vary: "Accept-Encoding",
};

/** `page.css` → `/assets/page.1f0c9a7b3e.css`. Throws for what was not built. */
export function assetPath(name: string): string {
  const built = BUILT_ASSETS[name];
  if (!built) throw new Error(`there is no asset ${name}: scripts/browser-assets.ts lists them`);
  return `/assets/${name.replace(/\.(?=\w+$)/, `.${built.hash}.`)}`;
}

/** By their addresses. */
export const ASSETS: ReadonlyMap<string, BuiltAsset> = new Map(
  Object.entries(BUILT_ASSETS).map(([name, built]) => [assetPath(name), built]),
);

export async function sendAsset({ contentType, gzip }: BuiltAsset, accepted: string | null): Promise<Response> {
  const bytes = Uint8Array.from(atob(gzip), (character) => character.charCodeAt(0));
  const headers = { ...HEADERS, "content-type": contentType };
  if (!acceptsGzip(accepted)) return toResponse({ status: 200, headers, body: await gunzip(bytes) });
  return toResponse({ status: 200, headers: { ...headers, "content-encoding": "gzip" }, body: bytes });
}
