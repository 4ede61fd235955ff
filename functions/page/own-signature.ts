/**
 * What proves that a text which a browser brings back was written by this service: an HMAC over it. Used by said-once.ts.
 * The key is made of the hashes of the tokens, which nobody is told and which all isolates at the edge have; where there is no token, as on
 * Node alone, the process has one of its own. Invariant: who can set a cookie, such as a page on another port, cannot make a signature.
 */
import type { Access } from "../../shared/domain/access/access.ts";

type Tokens = Pick<Access, "tokens">;

/** 64 hexadecimal digits. */
export async function signOwn(text: string, tokens: Tokens): Promise<string> {
  const signature = await crypto.subtle.sign("HMAC", await importKey(tokens), new TextEncoder().encode(text));
  return Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function isOwn(text: string, signature: string, tokens: Tokens): Promise<boolean> {
  const bytes = Uint8Array.from(signature.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  return crypto.subtle.verify("HMAC", await importKey(tokens), bytes, new TextEncoder().encode(text));
}

/** Until the process ends; made when it is first needed, since at the edge nothing is random before a request. */
let processKey: string | null = null;

function importKey({ tokens }: Tokens) {
  const secret =
    tokens.size > 0 ? [...tokens.values()].map(({ sha256 }) => sha256).join() : (processKey ??= crypto.randomUUID());
  const bytes = new TextEncoder().encode(`said once ${secret}`);
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}
