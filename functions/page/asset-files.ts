/**
 * What a file that browsers load beside the pages is called and which headers it has, whoever sends it: the service, or the platform.
 * Used by assets.ts and by scripts/browser-assets.ts. Pure. Invariant: what is at an address never changes, so a browser may keep it for ever.
 */
import { SECURITY_HEADERS } from "../http/bytes.ts";

export const ASSETS_PATH = "/assets/";

export const ASSET_HEADERS = {
  ...SECURITY_HEADERS,
  "cache-control": "public, max-age=31536000, immutable",
  vary: "Accept-Encoding",
};

/** `page.css` → `page.1f0c9a7b3e.css`. `hash` is of its contents. */
export function assetFile(name: string, hash: string): string {
  return name.replace(/\.(?=\w+$)/, `.${hash}.`);
}
