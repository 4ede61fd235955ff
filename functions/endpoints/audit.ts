/**
 * GET /audit: who did what when, newest first.
 * Reads the audit trail, which is only ever appended to. Invariant: following `next_cursor` shows every entry once.
 */
import * as z from "zod/mini";
import { AUDITED } from "../../shared/domain/access/audit.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { listAudit } from "../../shared/storage/alert-log.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { nextCursor, pageParameters, readPage } from "../http/paging.ts";
import { named, timestamp, wordSchema } from "../wire/schemas.ts";

const entry = named(
  "AuditEntry",
  z.object({
    timestamp,
    actor: z.string(),
    action: wordSchema("AuditedAction", AUDITED),
    target: z.string(),
    detail: z.record(z.string(), z.any()),
  }),
);

export const auditEndpoint = defineEndpoint({
  path: "/audit",
  name: "audit",
  summary: "Who did what when, newest first; `actor` is the name of the token.",
  effect: "read",
  scope: "admin",
  query: pageParameters,
  response: z.object({ entries: z.array(entry), next_cursor: nextCursor }),
  async handle(request, context) {
    const page = readPage(request);
    const entries = await listAudit(context, page.after?.place ?? Number.MAX_SAFE_INTEGER, page.limit);
    return {
      entries: entries.map(({ atMs, actor, action, target, detail }) => {
        return { timestamp: formatTimestamp(atMs), actor, action, target, detail };
      }),
      next_cursor: page.cursorAfter(entries, ({ seq }) => ({ place: seq })),
    };
  },
});
