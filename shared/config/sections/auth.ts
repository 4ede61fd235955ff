/**
 * `auth`: who may call the API, and with which tokens.
 * Invariant: a runtime that anybody can reach never answers without a token.
 */
import * as z from "zod/mini";
import { SCOPES, TOKEN_NAME, type Access } from "../../domain/access/access.ts";
import { parseTimestamp } from "../../domain/text/timestamp.ts";
import { about, faultAt } from "../schemas.ts";
import { defineSection } from "../section.ts";

const hashSchema = z
  .string()
  .check(
    z.regex(/^sha256:[0-9a-f]{64}$/, { error: "sha256: and 64 hexadecimal digits, as npm run token prints them" }),
  );

const instantSchema = z.pipe(
  z.string(),
  z.transform((text: string, { issues }) => {
    const ms = parseTimestamp(text);
    if (ms === null) issues.push(faultAt([], "an instant such as 2027-06-30T00:00:00Z"));
    return ms;
  }),
);

const tokenSchema = z.strictObject({
  hash: about("SHA-256 of the token, as `npm run token` prints it. The token itself stands nowhere.", hashSchema),
  scopes: about("What the token is good for.", z._default(z.array(z.enum(SCOPES)).check(z.minLength(1)), ["read"])),
  expires: about("From this instant on it is refused (RFC 3339). Default: never.", z.optional(instantSchema)),
});

const tokenNameSchema = z.string().check(z.regex(TOKEN_NAME, { error: "a name of lower-case letters, digits and -" }));

const schema = z.strictObject({
  reads: about(
    "Whether reading needs a token. Default: open; on Workers always token.",
    z.optional(z.enum(["open", "token"])),
  ),
  tokens: about(
    "Tokens by name. `npm run token -- NAME` makes one.",
    z._default(z.record(tokenNameSchema, tokenSchema), {}),
  ),
});

export const auth = defineSection({
  schema: ({ abilities }) =>
    z.pipe(
      about("Who may call the API.", z.prefault(schema, {})),
      z.transform(({ reads, tokens }, { issues }): Access => {
        const readsNeedToken = abilities.isPublic || reads === "token";
        if (abilities.isPublic && reads === "open") {
          issues.push(faultAt(["reads"], "token: anybody on the internet can call a Worker"));
        }
        if (readsNeedToken && Object.keys(tokens).length === 0) {
          issues.push(faultAt(["tokens"], "at least one token, because reading needs one: npm run token -- NAME"));
        }
        const known = Object.entries(tokens).map(([name, { hash, scopes, expires = null }]) => {
          return [name, { sha256: hash.slice("sha256:".length), scopes, expiresAtMs: expires }] as const;
        });
        return { readsNeedToken, tokens: new Map(known) };
      }),
    ),
});
