/**
 * Who may do what: tokens by name, of which only a hash is known.
 * Pure; the configuration makes an Access, `functions/http/guard.ts` asks it. A token is 32 random bytes, so a plain hash will do.
 * Invariant: nothing here can be turned back into a token.
 */

/** What a token can be good for; `admin` includes the others. */
export const SCOPES = ["read", "alerts:write", "admin"] as const;

export type Scope = (typeof SCOPES)[number];

export interface AccessToken {
  /** SHA-256 of the whole token, 64 hexadecimal digits in lower case. */
  readonly sha256: string;
  readonly scopes: readonly Scope[];
  /** Epoch ms from which on it is refused; null for never. */
  readonly expiresAtMs: number | null;
}

export interface Access {
  readonly readsNeedToken: boolean;
  /** By the name of the token, which is part of it. */
  readonly tokens: ReadonlyMap<string, AccessToken>;
}

/** Names of tokens, as in the configuration and in the token itself. */
export const TOKEN_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

const TOKEN = /^lgm_([a-z0-9][a-z0-9-]{0,31})_[A-Za-z0-9_-]{43}$/;

/** The token with this name and secret (32 bytes in base64url): `lgm_agents_3vN…`. */
export function formatToken(name: string, secret: string): string {
  return `lgm_${name}_${secret}`;
}

/** The name in a token; null for a text that is none. */
export function nameOfToken(token: string): string | null {
  return TOKEN.exec(token)?.[1] ?? null;
}

/** Compares in a time that does not depend on where two texts of equal length differ. */
function isEqualInConstantTime(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < left.length; index += 1) {
    difference |= left.charCodeAt(index) ^ right.charCodeAt(index % Math.max(1, right.length));
  }
  return difference === 0;
}

export type AccessVerdict = "allowed" | "unauthorized" | "forbidden";

/** What a token of this name and hash may do at `nowMs`. An unknown name takes as long as a wrong secret. */
export function accessVerdict(
  { tokens }: Access,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
  { scope, nowMs }: { readonly scope: Scope; readonly nowMs: number },
): AccessVerdict {
  const known = tokens.get(name);
  const isGenuine = isEqualInConstantTime(known?.sha256 ?? "0".repeat(sha256.length), sha256);
  if (!known || !isGenuine || (known.expiresAtMs !== null && nowMs >= known.expiresAtMs)) return "unauthorized";
  return known.scopes.includes(scope) || known.scopes.includes("admin") ? "allowed" : "forbidden";
}
