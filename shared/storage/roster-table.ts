/**
 * Rosters by content: the same services with the same settings are stored once and named by their hash.
 * Called by the other files of the store. Invariant: a row is never changed, so both caches are safe for ever.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { fnv1a } from "../domain/text/fnv1a.ts";
import type { ClusterMoment } from "../domain/monitoring/cluster-state.ts";
import type { Tell } from "./unreadable.ts";

/** The part of a moment that only a change of the configuration changes. */
export type RosterContent = Pick<ClusterMoment, "roster" | "degradedThresholdPercent">;

export type ContentOf = (rosterId: string) => RosterContent;

export interface RosterTable {
  /** The id under which `content` is or will be stored, with the JSON to store. */
  idOf(content: RosterContent): { readonly id: string; readonly json: string };
  /** What the given ids stand for; one that is not stored (a foreign database) or unreadable for an empty roster. */
  load(ids: Iterable<string>): Promise<ContentOf>;
}

/** Any other number than FNV's own basis: two independent hashes of 32 bits tell any number of configurations apart. */
const SECOND_BASIS = 0x9e3779b9;

/** As hashText makes them: anything else is not asked for, as it may be larger than what a statement takes. */
const ID = /^[0-9a-f]{16}$/;

const NO_CONTENT: RosterContent = { roster: [], degradedThresholdPercent: 0 };

/** @param tell told of each content that cannot be read */
export function createRosterTable(db: D1Database, tell: Tell = () => {}): RosterTable {
  const ids = new WeakMap<RosterContent["roster"], { id: string; json: string; thresholdPercent: number }>();
  const contents = new Map<string, RosterContent>();

  return {
    idOf({ roster, degradedThresholdPercent }) {
      const known = ids.get(roster);
      if (known?.thresholdPercent === degradedThresholdPercent) return known;
      const json = JSON.stringify({ degradedThresholdPercent, roster });
      const named = { id: hashText(json), json, thresholdPercent: degradedThresholdPercent };
      ids.set(roster, named);
      return named;
    },

    async load(wanted) {
      const missing = [...new Set(wanted)].filter((id) => !contents.has(id));
      if (missing.length > 0) {
        const query = db.prepare("select id, content from rosters where id in (select value from json_each(?))");
        const possible = missing.filter((id) => ID.test(id));
        const { results } = await query.bind(JSON.stringify(possible)).all<{ id: string; content: string }>();
        for (const { id, content } of results) {
          try {
            contents.set(id, parseContent(id, content));
          } catch (error) {
            tell({ table: "rosters", key: id }, error);
          }
        }
        for (const id of missing) if (!contents.has(id)) tell({ table: "rosters", key: id }, "not stored");
      }
      return (id) => contents.get(id) ?? NO_CONTENT;
    },
  };
}

/** What has this hash is what was stored. */
function parseContent(id: string, json: string): RosterContent {
  if (hashText(json) !== id) throw new Error("not the roster of this name");
  return JSON.parse(json);
}

function hashText(text: string): string {
  return [fnv1a(text), fnv1a(text, SECOND_BASIS)].map((part) => part.toString(16).padStart(8, "0")).join("");
}
