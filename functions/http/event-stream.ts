/**
 * Server-sent events (WHATWG HTML, "Server-sent events") on their way out: what one looks like, and a stream that is pulled.
 * Handlers that declare `answersWith: "stream"` return an EventStream; app.ts sends it.
 * Invariants: nothing is made before the client has taken what was made before, so a slow reader costs no memory; a stream that ends,
 * however it ends, is told so once.
 */
import { SECURITY_HEADERS } from "./bytes.ts";

export interface EventStream {
  /** What comes next, when it comes; null: that was all. Never rejects, and is not called again before it has resolved. */
  next(): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Nobody listens any more. May be called more than once. */
  end(): void;
}

/** What stands between us and the client must neither hold events back nor pack them together. */
const HEADERS = {
  ...SECURITY_HEADERS,
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
} as const;

/** `stream` null: the headers alone, as HEAD asks for them. */
export function streamResponse(stream: EventStream | null): Response {
  if (!stream) return new Response(null, { headers: HEADERS });
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
  return new Response(body, { headers: HEADERS });
}

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
