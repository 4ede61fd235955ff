/**
 * Server-sent events (WHATWG HTML, "Server-sent events") on their way out: what one looks like, and the answer that carries a stream.
 * Handlers that declare `answersWith: "stream"` return an EventStream; app.ts sends it.
 * Invariants: those of the port, whoever sends.
 */
import type { EventStream } from "../../shared/ports/event-stream.ts";
import { SECURITY_HEADERS } from "./bytes.ts";

/** The answer that carries a stream. */
export type RespondWithEvents = (stream: EventStream, headers: Readonly<Record<string, string>>) => Response;

/** What stands between us and the client must neither hold events back nor pack them together. */
const HEADERS = {
  ...SECURITY_HEADERS,
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
} as const;

/** `stream` null: the headers alone, as HEAD asks for them. */
export function streamResponse(stream: EventStream | null, respond: RespondWithEvents): Response {
  return stream ? respond(stream, HEADERS) : new Response(null, { headers: HEADERS });
}

/** As every platform can. */
export const respondWithReadable: RespondWithEvents = (stream, headers) => {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const bytes = await stream.next();
        if (bytes) return controller.enqueue(bytes);
        stream.end();
        controller.close();
      },
      cancel: () => stream.end(),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers });
};

export interface ServerSentEvent {
  /** Its name. */
  readonly event: string;
  /** What a client that comes again says it has heard last; null: as before. */
  readonly id: string | null;
  /** As JSON, which has no line breaks. */
  readonly data: object;
}

export function formatEvent({ event, id, data }: ServerSentEvent): string {
  return `event: ${event}\n${id === null ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** How long a client waits before it comes again. */
export function formatRetry(ms: number): string {
  return `retry: ${ms}\n\n`;
}

/** A line that says nothing, so that whoever stands in between knows that the connection lives. */
export const HEARTBEAT = ":\n\n";
