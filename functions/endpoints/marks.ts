/**
 * GET and POST /marks, DELETE /marks/{id}: notes beside the history, of people, CI and agents: a deploy, a restart, a change of a model.
 * Stored at once in a table of their own. Invariants: the same mark sent again, as after an answer that was lost, is one; one that was
 * withdrawn is shown to nobody, and its id is given to no other.
 */
import * as z from "zod/mini";
import type { PlainConfig } from "../../shared/config/sections/registry.ts";
import { isPlainLine, PLAIN_LINE } from "../../shared/domain/alerting/quiet-draft.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { addMark, listMarks, withdrawMark, type Mark } from "../../shared/storage/marks.ts";
import { defineEndpoint, type ValueOf } from "../http/endpoint.ts";
import { invalidParameters } from "../http/input.ts";
import { nextCursor, pageParameters, readPage } from "../http/paging.ts";
import { id, instant, key, openTimeRange } from "../http/parameters.ts";
import { AppError } from "../http/problem.ts";
import { instantMs, named, noted, timestamp } from "../wire/schemas.ts";

const MOST_CHARACTERS = 120;
const EXPECTED_TEXT = `expected 1 to ${MOST_CHARACTERS} characters on one line, no control or invisible characters`;

/** Clocks of two machines differ by less; beyond, it is a mistyped year. */
const MOST_AHEAD_MS = 5 * 60_000;

export const mark = named(
  "Mark",
  z.object({
    id: noted("By which it can be withdrawn.", z.string()),
    at: timestamp,
    service: noted("Null: about the cluster.", z.nullable(z.string())),
    text: z.string(),
    author: noted("The name of the token.", z.string()),
    public: noted("Whether its time and its text stand at /status, for everybody.", z.boolean()),
  }),
  "A note beside the history.",
);

export const marksEndpoint = defineEndpoint({
  path: "/marks",
  name: "marks",
  summary: "Notes beside the history, such as deploys, newest first.",
  effect: "read",
  query: {
    service: z.optional(key("Only marks of this service and of the cluster.")),
    since: instant("Only marks at or after this instant."),
    until: instant("Only marks before this instant."),
    ...pageParameters,
  },
  response: z.object({ marks: z.array(mark), next_cursor: nextCursor }),
  async handle(request, context) {
    const page = readPage(request);
    const after = page.after && { atMs: page.after.place, seq: Number.parseInt(page.after.id ?? "", 36) };
    const service = request.query.service ?? null;
    const found = await listMarks(context, { ...openTimeRange(request.query), service, after, limit: page.limit });
    return {
      marks: found.map(markJson),
      next_cursor: page.cursorAfter(found, ({ atMs, seq }) => ({ place: atMs, id: seq.toString(36) })),
    };
  },
});

export const createMarkEndpoint = defineEndpoint({
  path: "/marks",
  name: "createMark",
  method: "POST",
  summary: "Notes something beside the history; the newest 10,000 are kept.",
  effect: "write",
  scope: "alerts:write",
  created: true,
  body: z.strictObject({
    text: noted(
      { description: "What happened, on one line.", pattern: PLAIN_LINE.source, maxLength: MOST_CHARACTERS },
      z.string().check(z.refine((text) => isPlainLine(text, MOST_CHARACTERS), EXPECTED_TEXT)),
    ),
    at: noted("When; default: now.", z.optional(instantMs)),
    service: z.optional(key("What it is about; default: the cluster.")),
    public: noted(
      "Whether everybody may read it at /status, with the services that are shown there; default: no.",
      z.optional(z.boolean()),
    ),
  }),
  response: mark,
  async handle({ body, actor: author }, context) {
    const { text, service = null, at, public: isPublic = false } = body;
    const nowMs = context.clock.nowMs();
    const atMs = at ?? nowMs;
    if (service !== null && !context.cluster().servicesById.has(service))
      throw invalidParameters([{ field: "service", message: "expected the key of a configured service" }]);
    if (isPublic && isHidden(service, context.config().public))
      throw invalidParameters([{ field: "public", message: "expected false: this service is not shown at /status" }]);
    if (atMs > nowMs + MOST_AHEAD_MS)
      throw invalidParameters([{ field: "at", message: "expected an instant that is not in the future" }]);
    try {
      const made = await addMark(context.db, { atMs, service, text, author, isPublic });
      context.commits.wake();
      return markJson(made);
    } catch (error) {
      context.log.write("error", "a mark could not be stored", { error: String(error) });
      throw new AppError("unavailable", "This could not be stored. Try again.");
    }
  },
});

/** From strangers, where there is a page for them. */
function isHidden(service: string | null, page: PlainConfig["public"]): boolean {
  return service !== null && page !== null && !page.groups.some(({ services }) => services.includes(service));
}

const ID = /^[1-9]\d{0,14}$/;

export const withdrawMarkEndpoint = defineEndpoint({
  path: "/marks/{id}",
  name: "withdrawMark",
  method: "DELETE",
  summary: "Takes a mark back: it is shown no more, at /status neither. Who has been told of it is not told of that.",
  effect: "write",
  scope: "alerts:write",
  pathParameters: { id: id("Id of a mark.") },
  response: z.object({ id: z.string(), withdrawn: z.literal(true) }),
  refusals: { not_found: "There is no mark with this id." },
  async handle({ path, actor, refuse }, { db, clock, log }) {
    if (!ID.test(path.id)) throw refuse("not_found");
    const withdrawal = { seq: Number(path.id), id: path.id, actor, atMs: clock.nowMs() };
    const isDone = await withdrawMark(db, withdrawal).catch((error: unknown) => {
      log.write("error", "a mark could not be withdrawn", { error: String(error) });
      throw new AppError("unavailable", "This could not be stored. Try again.");
    });
    if (!isDone) throw refuse("not_found");
    return { id: path.id, withdrawn: true };
  },
});

export function markJson({ seq, atMs, service, text, author, isPublic }: Mark): ValueOf<typeof mark> {
  return { id: String(seq), at: formatTimestamp(atMs), service, text, author, public: isPublic };
}
