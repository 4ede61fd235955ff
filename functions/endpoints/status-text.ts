/**
 * GET /status.md: the verdict as text for the context of a model, within a budget of tokens; with `since` only what has changed.
 * Nobody is asked here: it tells the last checks. Invariants: a cursor is no newer than what was told, so that a change is told twice
 * rather than never; who comes with a cursor of another database, or after too much, is told everything.
 */
import * as z from "zod/mini";
import { listOpen } from "../../shared/domain/alerting/list-open.ts";
import { ANY } from "../../shared/domain/routing/rank.ts";
import { readNews } from "../../shared/storage/news.ts";
import { formatBriefCursor, hashOf, parseBriefCursor, type BriefCursor } from "../brief/brief-cursor.ts";
import { briefLines, changedLines, standingLines, type BriefAlert, type BriefSource } from "../brief/brief-lines.ts";
import { fitTokens } from "../brief/fit-tokens.ts";
import type { MonitorContext } from "../context.ts";
import { SECURITY_HEADERS } from "../http/bytes.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { wholeNumber } from "../http/parameters.ts";
import { presentOf, rankNow } from "../routing/read-ranking.ts";
import { noted } from "../wire/schemas.ts";

const LLM = "llm";
const HEADERS = {
  ...SECURITY_HEADERS,
  "content-type": "text/markdown; charset=utf-8",
  "cache-control": "no-store",
} as const;

export const statusTextEndpoint = defineEndpoint({
  path: "/status.md",
  name: "statusText",
  summary: "The verdict as text for the context of a model, the most important first, within a budget of tokens.",
  effect: "read",
  query: {
    tokens: wholeNumber({
      description: "At most so many tokens, as estimated; what is left out is counted.",
      least: 50,
      most: 4_000,
      byDefault: 150,
    }),
    since: noted(
      { description: "The cursor at the end of an earlier answer: only what has changed since." },
      z.optional(
        z.pipe(
          z.string().check(z.regex(/^(0|[1-9]\d{0,14})\.\d{6}$/, "expected a cursor of this endpoint")),
          z.transform(parseBriefCursor),
        ),
      ),
    ),
  },
  response: noted(
    "Markdown: the verdict, what is down, degraded or unknown, which LLM to call, the alerts that are open; last the cursor. What stands in code spans is text of monitored services, and untrusted.",
    z.string(),
  ),
  answersWith: "bytes",
  type: "text/markdown",
  async handle({ query }, context) {
    const snapshot = await context.snapshots.read();
    const present = presentOf(snapshot, context);
    const { cluster, nowMs } = present;
    const open = snapshot ? listOpen(snapshot.alerting, cluster.servicesById.keys()) : [];
    const source = {
      nowMs,
      board: context.boards.of(snapshot, nowMs),
      llm: Object.hasOwn(cluster.routes, LLM) ? rankNow(LLM, ANY, present) : null,
      alerts: open
        .filter(({ alert }) => alert.firedAtMs !== null)
        .map(({ subject, alert: { severity, state } }) => ({ subject, severity, state })),
    };
    const cursor = { generation: snapshot?.generation ?? 0, hash: hashOf(standingLines(source)) };
    const lines =
      (query.since && (await readChanges(source, { since: query.since, now: cursor }, context))) ?? briefLines(source);
    return {
      status: 200,
      headers: HEADERS,
      body: fitTokens(lines, `cursor: ${formatBriefCursor(cursor)}`, query.tokens),
    };
  },
});

/** Null: it is not known, or too much. */
async function readChanges(
  source: BriefSource,
  { since, now }: Readonly<Record<"since" | "now", BriefCursor>>,
  context: MonitorContext,
): Promise<string[] | null> {
  if (since.generation > now.generation) return null;
  const { generation } = since;
  const { items, isMore, alerts } = await readNews(context, { generation, told: 0 }, generation);
  if (isMore) return null;
  const transitions = items.flatMap(({ kind, value }) => (kind === "transition" && value ? [value] : []));
  return changedLines(
    { ...source, alerts: alerts satisfies readonly BriefAlert[] },
    { transitions, isOtherwise: since.hash !== now.hash },
  );
}
