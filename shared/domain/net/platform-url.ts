/**
 * The URL parser of the web, which every platform has as a global; the types of this zone know none.
 * `target.ts` and `address-policy.ts` read URLs and IPv6 addresses with it. Pure: it looks up nothing.
 * Invariant: what it accepts is what the transports connect to, since they use the same parser.
 */

type Part = "href" | "origin" | "protocol" | "username" | "password" | "hostname" | "port" | "pathname" | "search";

export type PlatformUrl = Readonly<Record<Part, string>> & { hash: string };

declare const URL: { parse(text: string, base?: string): PlatformUrl | null };

/** Null when the text is no absolute URL, not even after `base`. */
export function parsePlatformUrl(text: string, base?: string): PlatformUrl | null {
  return URL.parse(text, base);
}
