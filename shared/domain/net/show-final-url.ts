/**
 * Where redirects ended, as it is shown: without userinfo, query and fragment, and without any part of a secret.
 * Called for every check that was redirected, with the secrets at hand. Pure.
 * Invariant: secrets are looked for in what was written. A parser of URLs cuts at `#` and `?`, takes steps, turns `\` into `/` and
 * makes hosts lower case; what it leaves of a secret is not recognised any more, nor is it in what a relative URL takes over.
 */
import { truncateText } from "../text/clean-text.ts";
import { percentDecode } from "../text/percent-decode.ts";
import type { Redact } from "../text/redact.ts";
import { parsePlatformUrl, type PlatformUrl } from "./platform-url.ts";

interface Place {
  readonly url: PlatformUrl;
  readonly hasCleanOrigin: boolean;
  /** Neither what was written nor what was taken over from the place before holds a secret. */
  readonly hasCleanPath: boolean;
}

/**
 * `trail`: the URL of the configuration, then each `Location` as it came. The whole URL, its origin where only that holds nothing of
 * a secret, or undefined.
 */
export function showFinalUrl(trail: readonly string[], redact: Redact, maxLength: number): string | undefined {
  let place: Place | null = null;
  for (const written of trail) {
    place = follow(written, place, redact);
    if (place === null) return undefined;
  }
  if (!place?.hasCleanOrigin) return undefined;
  const { origin, pathname } = place.url;
  const shown = place.hasCleanPath && isClean(origin + pathname, redact) ? origin + pathname : origin;
  return isClean(shown, redact) ? truncateText(shown, maxLength) : undefined;
}

function follow(written: string, from: Place | null, redact: Redact): Place | null {
  const url = parsePlatformUrl(written, from?.url.href);
  if (url === null) return null;
  const isWrittenClean = [written, url.href].every((text) => isClean(text, redact));
  const isSameOrigin = from?.url.origin === url.origin;
  return {
    url,
    hasCleanOrigin: isSameOrigin ? from.hasCleanOrigin : isWrittenClean || keepsOrigin(written, redact),
    hasCleanPath: isWrittenClean && (from === null || from.hasCleanPath || !takesOver(written, from.url, url)),
  };
}

/** Scheme, host and port as the parser leaves them, letters aside. */
const PLAIN_ORIGIN = /^https?:\/\/[\w.:[\]-]+(?=[/?]|$)/i;

/** True where the secret is behind the origin. */
function keepsOrigin(written: string, redact: Redact): boolean {
  const [origin] = PLAIN_ORIGIN.exec(written) ?? [];
  return origin !== undefined && redact(written).startsWith(origin);
}

/** True where the path begins with that of the place before. */
function takesOver(written: string, from: PlatformUrl, url: PlatformUrl): boolean {
  return parsePlatformUrl(written, from.origin)?.pathname !== url.pathname;
}

/** However one reads it: URLs lose tabs and line breaks, and servers write other letters than ASCII as bytes or escapes. */
function isClean(text: string, redact: Redact): boolean {
  const joined = text.replace(/[\t\r\n]/g, "");
  const escaped = joined.replace(/[\u0080-\u00ff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
  return [text, joined, percentDecode(escaped)].every((reading) => redact(reading) === reading);
}
