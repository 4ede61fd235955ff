/**
 * `public`: what anybody may see at /status, without a token: which services, and in which groups.
 * Invariants: only what is named here is ever shown there; each service stands in one place.
 */
import * as z from "zod/mini";
import { coversName } from "../../domain/text/glob.ts";
import { suggestName } from "../../domain/text/nearest-key.ts";
import type { Path } from "../fault.ts";
import { listKeys } from "../parse-value.ts";
import { about, faultAt, nameSchema } from "../schemas.ts";
import { defineSection, type SectionContext } from "../section.ts";

/** A page for people, not an inventory; it bounds what strangers can make us read and send. */
const MOST_SERVICES = 100;

/** The badge of all of them has its place. */
const RESERVED = "overall";

const DEFAULT_TITLE = "Status";

export interface PublicGroup {
  /** Null where they are not grouped. */
  readonly name: string | null;
  /** Ids of services, in the order of the file; at least one. */
  readonly services: readonly string[];
}

const patterns = about(
  "Ids of services, or globs such as llm_*; a service stands where it is named first.",
  z.array(z.string()).check(z.minLength(1)),
);

const groupSchema = z.strictObject({ name: about("What people call the group.", nameSchema), services: patterns });

const schema = z.strictObject({
  title: about("What people call the page.", z._default(nameSchema, DEFAULT_TITLE)),
  services: z.optional(patterns),
  groups: about(
    "The same in groups, each under its name; then without `services`.",
    z.optional(z.array(groupSchema).check(z.minLength(1))),
  ),
  index: about("Whether search engines may list the page.", z._default(z.boolean(), false)),
});

/** Null: nobody sees anything. Called differently from its key, which is a reserved word. */
export const publicPage = defineSection({
  schema: ({ file }: SectionContext) =>
    z.pipe(
      about("What anybody may see at /status, without a token. Default: nothing.", z.optional(schema)),
      z.transform((written, { issues }) => {
        if (!written) return null;
        const { title, services, groups, index: isIndexed } = written;
        if ((services === undefined) === (groups === undefined)) {
          issues.push(faultAt([], "either services or groups"));
          return z.NEVER;
        }
        const resolver = new Resolver(listKeys(file["services"]), (path, expected) =>
          issues.push(faultAt(path, expected)),
        );
        const shown: readonly PublicGroup[] = groups
          ? groups.map((group, index) => resolver.resolve(group, ["groups", index, "services"]))
          : [resolver.resolve({ name: null, services: services ?? [] }, ["services"])];
        if (resolver.count > MOST_SERVICES) issues.push(faultAt([], `at most ${MOST_SERVICES} services`));
        return { title, groups: shown, isIndexed };
      }),
    ),
});

/** From what is written to the services that it means. Knows also faulty ones: who names one of them is not at fault. */
class Resolver {
  readonly #known: readonly string[];
  readonly #report: (path: Path, expected: string) => unknown;
  readonly #taken = new Set<string>();

  constructor(known: readonly string[], report: (path: Path, expected: string) => unknown) {
    this.#known = known;
    this.#report = report;
  }

  get count(): number {
    return this.#taken.size;
  }

  /** Without services that stand elsewhere already. */
  resolve({ name, services }: PublicGroup, path: Path): PublicGroup {
    const ids = services.flatMap((pattern, index) => {
      const meant = this.#known.filter((id) => coversName([pattern], id));
      const added = meant.filter((id) => !this.#taken.has(id));
      const expected = this.#expectationOf(pattern, { meant, added });
      if (expected !== null) this.#report([...path, index], expected);
      for (const id of added) this.#taken.add(id);
      return added;
    });
    return { name, services: ids };
  }

  /** Null: nothing is wrong with it. */
  #expectationOf(
    pattern: string,
    { meant, added }: Readonly<Record<"meant" | "added", readonly string[]>>,
  ): string | null {
    if (meant.length === 0) {
      return pattern.includes("*") ? "a glob that describes a service" : suggestName("service", pattern, this.#known);
    }
    if (added.length === 0) return "a service that does not stand here already";
    return added.includes(RESERVED) ? `services of other ids: /badge/${RESERVED}.svg is of all of them` : null;
  }
}
