/**
 * A page of a table of which some rows cannot be read. Used by the tables of this folder that are listed for people.
 * Invariant: a page reads as many rows as it shows, and those that are left out.
 */
import type { D1PreparedStatement } from "@cloudflare/workers-types";

type StoredRow = Readonly<Record<string, unknown>>;

interface PageReader<Row> {
  /** The next rows after `last`, the first ones after null. */
  select(last: StoredRow | null, limit: number): D1PreparedStatement;
  /** Null for a row that is left out. */
  read(row: StoredRow): Row | null;
}

/** Goes on where rows are left out: a page that is not full is taken for the last one. */
export async function fillPage<Row>(limit: number, { select, read }: PageReader<Row>): Promise<Row[]> {
  const page: Row[] = [];
  let last: StoredRow | null = null;
  for (;;) {
    const asked = limit - page.length;
    const { results }: { results: StoredRow[] } = await select(last, asked).all<StoredRow>();
    page.push(...results.flatMap((row) => read(row) ?? []));
    last = results.at(-1) ?? null;
    if (results.length < asked || page.length === limit) return page;
  }
}
