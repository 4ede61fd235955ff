/**
 * HTTP as bytes on a socket, for requests that no client library would send, and answers as the server really sent them.
 */
import { connect } from "node:net";
import { ResponseParser } from "../../scripts/response-parser.ts";

export interface RawAnswer {
  readonly status: number;
  /** The informational statuses that came before it. */
  readonly interim: readonly number[];
  /** Names in lower case; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  // Tests look into answers of every shape.
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape is what the test is about
  readonly json: any;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends one request with `Host: 127.0.0.1:<port>` unless the headers say otherwise, and reads until the server closes. */
export function request(port: number, path: string, { method = "GET", headers = {}, body = "" }: RequestOptions = {}) {
  const all: Record<string, string> = { host: `127.0.0.1:${port}`, connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return sendRaw(port, `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}

/** Sends bytes as they are and reads until the server closes the connection; resolves with the first answer. */
export async function sendRaw(port: number, text: string): Promise<RawAnswer> {
  const [first] = await answersTo(port, text);
  if (!first) throw new Error("the server closed the connection without an answer");
  return first;
}

/** The same with every answer, for pipelines. */
export function answersTo(port: number, text: string): Promise<RawAnswer[]> {
  return new Promise((resolve, reject) => {
    const parser = new ResponseParser();
    const socket = connect({ port, host: "127.0.0.1" }, () => socket.write(text));
    socket.on("data", (chunk) => parser.add(chunk));
    // A server that refuses early may reset while we still send; what it said before counts.
    socket.on("error", (error) => (parser.hasRest ? finish() : reject(error)));
    socket.on("close", () => finish());
    const finish = (): void => {
      try {
        resolve(allOf(parser, text.startsWith("HEAD ")));
      } catch (error) {
        reject(error);
      }
    };
  });
}

function allOf(parser: ResponseParser, isToHead: boolean): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let answer; (answer = parser.next({ isToHead, hasEnded: true }));) {
    const body = answer.body.toString();
    answers.push({
      ...answer,
      headers: Object.fromEntries(answer.headers),
      body,
      get json() {
        return JSON.parse(body);
      },
    });
  }
  return answers;
}
