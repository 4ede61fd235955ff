/**
 * Pages of a list, by keyset: a cursor says where the last page ended, so that what is added meanwhile is neither missed nor
 * shown twice. Used by every endpoint that lists what is stored, with its query. Invariant: a cursor is good for its query only.
 */
import * as z from "zod/mini";
import { CURSOR, readCursor, writeCursor, type Position } from "../../shared/domain/text/cursor.ts";
import { noted } from "../wire/schemas.ts";
import type { EndpointRequest } from "./endpoint.ts";
import { limit } from "./parameters.ts";
import { AppError } from "./problem.ts";

const EXPECTED = "expected a next_cursor of this same query";

/** What is no cursor at all has an error of its own, see `readPage`. */
const before = noted(
  {
    description: "The next_cursor of the page before.",
    pattern: CURSOR.source,
    minLength: undefined,
    maxLength: undefined,
  },
  z.optional(z.string().check(z.minLength(1, EXPECTED), z.maxLength(200, EXPECTED))),
);

/** To be declared beside what the list can be filtered by. */
export const pageParameters = { limit, before };

export const nextCursor = z.nullable(z.string().check(z.regex(CURSOR)));

interface PageQuery {
  readonly limit: number;
  readonly before?: string | undefined;
}

/** What a request asks for; `after`: the last entry of the page before, null for the first page. Throws `invalid_cursor`. */
export function readPage({
  name,
  path,
  query,
}: Pick<EndpointRequest<object, PageQuery, unknown>, "name" | "path" | "query">) {
  const { limit: most, before: cursor, ...filters } = query;
  const signature = JSON.stringify([name, path, filters]);
  const after = cursor === undefined ? null : readCursor(cursor, signature);
  if (cursor !== undefined && after === null) {
    const faults = [{ field: "before", message: EXPECTED }];
    throw new AppError("invalid_cursor", `before: ${EXPECTED}`, { faults });
  }
  return {
    limit: most,
    after,
    /** The `next_cursor` of an answer with these entries; null when they are the last ones. */
    cursorAfter<Entry>(entries: readonly Entry[], positionOf: (entry: Entry) => Position): string | null {
      const last = entries.length === most ? entries.at(-1) : undefined;
      return last === undefined ? null : writeCursor(positionOf(last), signature);
    },
  };
}
