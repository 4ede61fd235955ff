/**
 * GET /audit: who did what when, newest first.
 * Reads the audit trail, which is only ever appended to. Invariant: following `next_cursor` shows every entry once.
 */
import * as z from "zod/mini";
import { AppError } from "../../shared/domain/app-error.ts";
import { AUDITED, type AuditedAction } from "../../shared/domain/access/audit.ts";
import { readCursor, writeCursor } from "../../shared/domain/text/cursor.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { timestamp } from "../wire/response-schemas.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { jsonResponse } from "../http/headers.ts";
import { limit, shortText } from "../http/parameters.ts";

// Object.keys loses the key type; AUDITED is a constant record of exactly these words.
const action = z.enum(Object.keys(AUDITED) as [AuditedAction, ...AuditedAction[]]);

const QUERY = "audit";

export const auditEndpoint = defineEndpoint({
  path: "/audit",
  name: "audit",
  scope: "admin",
  summary: "Who did what when, newest first; `actor` is the name of the token.",
  parameters: {
    limit,
    before: shortText("The next_cursor of the page before.", "a next_cursor of this list"),
  },
  response: z.object({
    entries: z.array(
      z.object({
        timestamp,
        actor: z.string(),
        action,
        target: z.string(),
        detail: z.record(z.string(), z.any()),
      }),
    ),
    next_cursor: z.nullable(z.string()),
  }),
  async handle({ query }, { alertLog }) {
    const beforeSeq = query.before === null ? Number.MAX_SAFE_INTEGER : position(query.before);
    const entries = await alertLog.listAudit(beforeSeq, query.limit);
    const last = entries.length === query.limit ? entries.at(-1) : undefined;
    return jsonResponse({
      entries: entries.map(({ atMs, actor, action: what, target, detail }) => {
        return { timestamp: formatTimestamp(atMs), actor, action: what, target, detail };
      }),
      next_cursor: last ? writeCursor(last.seq, QUERY) : null,
    });
  },
});

function position(cursor: string): number {
  const seq = readCursor(cursor, QUERY);
  if (seq !== null) return seq;
  const message = "expected a next_cursor of this list";
  throw new AppError("invalid_cursor", `before: ${message}`, { faults: [{ field: "before", message }] });
}
