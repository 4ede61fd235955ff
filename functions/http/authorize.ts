/**
 * Bearer tokens (RFC 6750): reads the header, hashes the token, asks the rules.
 * Called by app.ts for every request when reading needs a token. Both runtimes have WebCrypto.
 * Invariant: neither the token nor why it was refused gets into an answer or a log.
 */
import { accessVerdict, nameOfToken, type Access, type Scope } from "../../shared/domain/access/access.ts";
import { AppError } from "../../shared/domain/app-error.ts";

const BEARER = /^Bearer +(\S{1,128})$/i;

/** Resolves with the name of the header's token when it may do that; throws `unauthorized` or `forbidden`. */
export async function authorize(
  header: string | null,
  access: Access,
  purpose: { readonly scope: Scope; readonly nowMs: number },
): Promise<string> {
  const token = BEARER.exec(header ?? "")?.[1];
  const name = token === undefined ? null : nameOfToken(token);
  if (token === undefined || name === null) throw unauthorized();
  const verdict = accessVerdict(access, { name, sha256: await sha256(token) }, purpose);
  if (verdict === "unauthorized") throw unauthorized();
  if (verdict === "forbidden") throw new AppError("forbidden", `This token lacks the scope ${purpose.scope}.`);
  return name;
}

function unauthorized(): AppError {
  return new AppError("unauthorized", "A valid token is needed: Authorization: Bearer lgm_…");
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
