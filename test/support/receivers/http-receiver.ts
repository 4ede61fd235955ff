/**
 * A receiver of messages over HTTP that takes its documented format at its word: what does not fit is answered with 400.
 * The format says what fits; a test may make it misbehave by an answer of its own.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { listen, type LoopbackServer } from "../loopback-server.ts";

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ReceiverFormat {
  /** What is wrong with the request; null when it is as documented. */
  faultOf(request: ReceivedRequest): string | null;
  /** What the receiver says to a request that fits. */
  accept(request: ReceivedRequest): Answer;
}

export interface Message extends ReceivedRequest {
  readonly fault: string | null;
}

export interface HttpReceiver extends LoopbackServer {
  readonly messages: readonly Message[];
  /** Instead of what the format says; null for that again. */
  response: ((request: ReceivedRequest) => Answer) | null;
}

export async function startHttpReceiver(format: ReceiverFormat): Promise<HttpReceiver> {
  const messages: Message[] = [];
  const respond = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(incoming);
    const fault = format.faultOf(request);
    messages.push({ ...request, fault });
    const usual = (): Answer => (fault === null ? format.accept(request) : { status: 400, body: fault });
    const { status, headers, body } = receiver.response?.(request) ?? usual();
    response.writeHead(status, { ...headers }).end(body);
  };
  const server = await listen(createServer((incoming, response) => void respond(incoming, response)));
  const receiver: HttpReceiver = Object.defineProperties(
    { messages, response: null } as unknown as HttpReceiver, // the rest is defined here
    Object.getOwnPropertyDescriptors(server),
  );
  return receiver;
}

async function read(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer); // a stream of bytes
  const { method = "", url = "", headers } = incoming;
  return { method, path: url, headers, body: Buffer.concat(chunks).toString("utf8") };
}

/** The first thing that is wrong, or null. */
export function firstFault(checks: Readonly<Record<string, boolean>>): string | null {
  return Object.entries(checks).find(([, holds]) => !holds)?.[0] ?? null;
}

/** The JSON of a body; undefined when it is none. */
export function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
