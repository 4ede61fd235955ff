/**
 * Server-sent events as a client reads them (WHATWG HTML, "Interpreting an event stream"): of a whole text, or as they arrive.
 */
import { get, type IncomingMessage } from "node:http";

export interface HeardEvent {
  readonly event: string;
  /** What the client would send as `Last-Event-ID` from now on. */
  readonly id: string;
  // Tests look into data of every shape.
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape is what the test is about
  readonly data: any;
}

/** Those that are complete; `lastId`: of an earlier connection. */
export function parseEvents(text: string, lastId = ""): HeardEvent[] {
  const events: HeardEvent[] = [];
  let id = lastId;
  for (const block of text.split("\n\n").slice(0, -1)) {
    const fields = new Map(block.split("\n").map((line) => [line.replace(/:.*$/, ""), line.replace(/^[^:]*: ?/, "")]));
    id = fields.get("id") ?? id;
    const data = fields.get("data");
    if (data !== undefined) events.push({ event: fields.get("event") ?? "message", id, data: JSON.parse(data) });
  }
  return events;
}

export interface EventClient {
  readonly response: IncomingMessage;
  /** Everything so far. */
  text(): string;
  events(): HeardEvent[];
  /** Resolves with the first event that fits, past or to come; rejects when the stream ends before. */
  heard(fits: (event: HeardEvent) => boolean): Promise<HeardEvent>;
  /** Resolves when the server has ended it, or the connection has broken. */
  readonly ended: Promise<void>;
  /** Vanishes without a word. */
  leave(): void;
}

export interface EventClientOptions {
  readonly port: number;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An address of this machine. */
  readonly from?: string;
}

/** Resolves when the head of the answer has come, whatever it says. */
export async function listenTo({
  port,
  path = "/events",
  headers = {},
  from,
}: EventClientOptions): Promise<EventClient> {
  const to = {
    port,
    host: "127.0.0.1",
    path,
    headers,
    agent: false,
    ...(from !== undefined && { localAddress: from }),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => get(to, resolve).on("error", reject));
  let text = "";
  const looks = new Set<() => void>();
  const ended = new Promise<void>((resolve) => void response.once("close", resolve));
  response.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    for (const look of looks) look();
  });
  response.on("error", () => {}); // it has broken: `ended` says so
  const events = (): HeardEvent[] => parseEvents(text, headers["last-event-id"]);
  return {
    response,
    text: () => text,
    events,
    ended,
    heard: (fits) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = events().find(fits);
          if (!found) return;
          looks.delete(look);
          resolve(found);
        };
        looks.add(look);
        look();
        void ended.then(() => reject(new Error(`the stream has ended:\n${text}`)));
      }),
    leave: () => void response.destroy(),
  };
}
