/**
 * Makes a token for the API, and the hash by which a configuration knows it.
 * Used by `npm run token` and by the Worker on this machine. Invariant: nothing is kept of either.
 */
import { createHash, randomBytes } from "node:crypto";
import { formatToken } from "../../shared/domain/access/access.ts";

const SECRET_BYTES = 32;

/** `hash` is what `auth.tokens.NAME.hash` holds. */
export function newToken(name: string): { readonly token: string; readonly hash: string } {
  const token = formatToken(name, randomBytes(SECRET_BYTES).toString("base64url"));
  return { token, hash: `sha256:${createHash("sha256").update(token).digest("hex")}` };
}
