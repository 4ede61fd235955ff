/**
 * The reference for the service's answers: raw node:http that sends a prepared answer to whatever it is asked.
 * Started by served-answer.ts, which gets its port. Does nothing that a server could leave out: no routing, no look at the request.
 * Invariant: on the wire its answers look like the original, as far as `headers` and `keepAliveTimeoutMs` describe it.
 */
import { serveLoopback } from "../loopback.ts";
import { obey } from "./obey.ts";

export interface ReplayOrder {
  /** All but those that node:http sends by itself. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly keepAliveTimeoutMs: number;
}

obey(async ({ headers, body, keepAliveTimeoutMs }: ReplayOrder): Promise<number> => {
  const payload = Buffer.from(body);
  const options = { keepAliveTimeout: keepAliveTimeoutMs };
  return (await serveLoopback((_request, response) => void response.writeHead(200, headers).end(payload), options))
    .port;
});
