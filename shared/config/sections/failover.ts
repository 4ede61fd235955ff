/**
 * What a deployment of several instances says: which of them tells people (`role`), whom a standby watches (`primary`), and who
 * hears that we live (`heartbeat`). Invariant: a standby knows whom it stands by for.
 */
import * as z from "zod/mini";
import type { RuntimeAbilities } from "../../domain/runtime-abilities.ts";
import type { Primary } from "../../domain/alerting/failover.ts";
import { admitTarget, parseUrl, RECEIVER } from "../../domain/net/target.ts";
import { about, faultAt } from "../schemas.ts";
import { defineSection } from "../section.ts";

const urlSchema = (abilities: RuntimeAbilities) =>
  z.pipe(
    z.string(),
    z.transform((text: string, { issues }) => {
      const report = (_key: string, expected: string): unknown => issues.push(faultAt([], expected));
      return admitTarget(parseUrl(text), RECEIVER, { key: "url", report, abilities }) ?? z.NEVER;
    }),
  );

export const role = defineSection({
  schema: () =>
    about(
      "Who tells people. A standby does only while its primary has been silent for 3 minutes.",
      z._default(z.enum(["primary", "standby"]), "primary"),
    ),
});

const MISSING = "the section primary, because a standby watches it";
const SUPERFLUOUS = "no such section with role primary";

/** Null for a primary. */
export const primary = defineSection({
  isSecret: ([key]) => key === "token",
  schema: ({ abilities, valueOf }) => {
    const schema = z.strictObject({
      url: about("/health of the primary, such as http://192.168.1.137:8083/health.", urlSchema(abilities)),
      token: about("A token that may read there, where reading needs one.", z.optional(z.string())),
    });
    const when = (): boolean => true; // also where something else is wrong with it
    const suited = z.optional(schema).check(
      z.refine((written) => written !== undefined || valueOf(role) !== "standby", { error: MISSING, when }),
      z.refine((written) => written === undefined || valueOf(role) !== "primary", { error: SUPERFLUOUS, when }),
    );
    return z.pipe(
      about("Whom a standby watches.", suited),
      z.transform((written): Primary | null =>
        written ? { target: written.url, token: written.token ?? null } : null,
      ),
    );
  },
});

/** Null for nobody. */
export const heartbeat = defineSection({
  schema: ({ abilities }) => {
    const description = "Where to POST once a minute while everything works; whoever misses it tells somebody.";
    const schema = z.strictObject({ url: about(description, urlSchema(abilities)) });
    return z.pipe(
      about("Who hears once a minute that we live.", z.optional(schema)),
      z.transform((written) => written?.url ?? null),
    );
  },
});
