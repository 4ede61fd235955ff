/**
 * Parses the section `auth`: who may call the API, and with which tokens.
 * Called by `parse-root`. Invariant: a host that anybody can reach never answers without a token.
 */
import * as z from "zod/mini";
import { SCOPES, TOKEN_NAME, type Access } from "../domain/access/access.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import { parseTimestamp } from "../domain/text/timestamp.ts";
import type { FaultLog } from "./fault-log.ts";
import type { Located } from "./located.ts";
import { parseSection, type SectionPlace } from "./parse-section.ts";

const HASH = /^sha256:[0-9a-f]{64}$/;

const tokenSchema = z.strictObject({
  hash: z
    .string()
    .check(z.regex(HASH, { error: "sha256: and 64 hexadecimal digits, as npm run token prints them" }))
    .check(z.describe("SHA-256 of the token, as `npm run token` prints it. The token itself stands nowhere.")),
  scopes: z
    ._default(z.array(z.enum(SCOPES)).check(z.minLength(1)), ["read"])
    .check(z.describe("What the token is good for.")),
  expires: z
    .optional(
      z.pipe(
        z.string(),
        z.transform((text: string, { issues }) => {
          const ms = parseTimestamp(text);
          if (ms !== null) return ms;
          issues.push({ code: "custom", message: "an instant such as 2027-06-30T00:00:00Z", input: text });
          return z.NEVER;
        }),
      ),
    )
    .check(z.describe("From this instant on it is refused (RFC 3339). Default: never.")),
});

export const AUTH_SHAPE = {
  reads: z
    .optional(z.enum(["open", "token"]))
    .check(z.describe("Whether reading needs a token. Default: open; on Workers always token.")),
  tokens: z
    ._default(
      z.record(
        z.string().check(z.regex(TOKEN_NAME, { error: "a name of lower-case letters, digits and -" })),
        tokenSchema,
      ),
      {},
    )
    .check(z.describe("Tokens by name. `npm run token -- NAME` makes one.")),
};

const AUTH_SCHEMA = z.object(AUTH_SHAPE);

/** Who may call; null after reporting at least one fault. */
export function parseAuth(node: Located | undefined, host: RuntimeAbilities, log: FaultLog): Access | null {
  const place: SectionPlace = { path: ["auth"], log };
  const parsed = parseSection(node, { schema: AUTH_SCHEMA, misplaced: new Map() }, place);
  if (parsed === null) return null;
  if (host.isPublic && parsed.reads === "open") {
    log.add(["auth", "reads"], "token: anybody on the internet can call this host");
  }
  const tokens = new Map(
    Object.entries(parsed.tokens).map(([name, { hash, scopes, expires }]) => [
      name,
      { sha256: hash.slice("sha256:".length), scopes, expiresAtMs: expires ?? null },
    ]),
  );
  const readsNeedToken = host.isPublic || parsed.reads === "token";
  if (readsNeedToken && tokens.size === 0) {
    log.add(["auth", "tokens"], "at least one token, because reading needs one: npm run token -- NAME");
  }
  return { readsNeedToken, tokens };
}
