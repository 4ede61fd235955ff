/**
 * A stream of events written to its client as Node writes: by way of a ReadableStream each would take some 15 kB more.
 * Made for the monitor by node-runtime.ts, sent by http-server.ts. Invariants: those of the port.
 */
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { ServerResponse } from "node:http";
import type { EventStream } from "../ports/event-stream.ts";

class EventResponse extends Response {
  readonly stream: EventStream;

  constructor(stream: EventStream, headers: Readonly<Record<string, string>>) {
    super(null, { headers });
    this.stream = stream;
  }
}

/** Stands for the stream until it is sent. */
export function respondWithEvents(stream: EventStream, headers: Readonly<Record<string, string>>): Response {
  return new EventResponse(stream, headers);
}

/** Begins to send it, if it is such a one. @returns what is left to be sent by who has called */
export function beginEvents(response: Response, outgoing: ServerResponse): Response {
  if (!(response instanceof EventResponse)) return response;
  const { stream, status, headers } = response;
  outgoing.once("close", () => stream.end());
  outgoing.on("error", () => {}); // then it closes
  outgoing.writeHead(status, Object.fromEntries(headers)).flushHeaders();
  void pump(stream, outgoing);
  return RESPONSE_ALREADY_SENT;
}

async function pump(stream: EventStream, outgoing: ServerResponse): Promise<void> {
  for (;;) {
    const bytes = await stream.next();
    // It may have closed before anybody could hear of it: while its token was looked at.
    if (!bytes || outgoing.destroyed) break;
    // Until it is taken, or nobody is there to take it.
    if (!outgoing.write(bytes)) await new Promise((resolve) => outgoing.once("drain", resolve).once("close", resolve));
  }
  stream.end();
  outgoing.end();
}
