/**
 * Stands between a browser and the service: everything is the service's own, but updates of the page come from here, as often as a row
 * wants them. Used by rows/page-live.ts and rows/page-day.ts.
 * Invariant: an update is made of fragments that the service has sent, with other figures in them.
 */
import { get, type IncomingMessage, type ServerResponse } from "node:http";
import { openClients } from "../clients.ts";
import type { ChildProcesses } from "../child-processes.ts";
import { serveLoopback } from "../loopback.ts";

export interface UpdateStage {
  readonly origin: string;
  /** Resolves when a page listens; what is told before that is lost. */
  readonly isHeard: Promise<void>;
  /** Tells every page of a commit of now, in which so many services have answered after another time. */
  update(changed: number): Told;
}

/** By what a page shows that it has taken an update. */
export interface Told {
  /** Of the commit: no two are of the same instant. */
  readonly at: string;
  /** A service that has changed, and what its row shows then. */
  readonly key: string;
  readonly text: string;
}

interface Update {
  readonly order: readonly string[];
  readonly rows: Readonly<Record<string, string>>;
}

export async function stageUpdates(children: ChildProcesses, port: number): Promise<UpdateStage> {
  const whole = await firstUpdate(port);
  const pages = new Set<ServerResponse>();
  let [count, atMs] = [0, 0];
  const { promise: isHeard, resolve: hear } = Promise.withResolvers<void>();
  const { origin, close } = await serveLoopback((request, response) => {
    if (!request.url?.startsWith("/events")) return pass(port, request, response);
    pages.add(response.writeHead(200, { "content-type": "text/event-stream" }));
    response.once("close", () => pages.delete(response));
    response.write(":\n\n");
    hear();
  });
  children.defer(close);
  return {
    origin,
    isHeard,
    update(changed) {
      count += 1;
      atMs = Math.max(atMs + 1, Date.now());
      const keys = Array.from(
        { length: changed },
        (_, index) => whole.order[(count * changed + index) % whole.order.length],
      );
      const figure = `${count % 1_000} ms`;
      const rows = Object.fromEntries(keys.map((key = "") => [key, otherTime(whole.rows[key] ?? "", figure)]));
      const at = new Date(atMs).toISOString();
      const data = { ...whole, at, sections: {}, rows };
      const text = `event: snapshot\nid: ${1_000_000 + count}\ndata: ${JSON.stringify(data)}\n\n`;
      for (const page of pages) page.write(text);
      return { at, key: keys[0] ?? "", text: figure };
    },
  };
}

/** Everything, as who knows nothing is told. */
async function firstUpdate(port: number): Promise<Update> {
  const [client] = await openClients(port, "/events?view=now", { count: 1, answered: true });
  let text = client?.last.text ?? "";
  while (client && !/^data: .*\n/m.test(text)) text += (await client.next()).text;
  client?.leave();
  // Chunked: the sizes of the parts stand on lines of their own.
  const data = /data: (\{.*\})\n/.exec(text.replaceAll(/\r\n[0-9a-f]+\r\n/g, ""))?.[1];
  if (data === undefined) throw new Error("the service tells no page");
  return JSON.parse(data) as Update;
}

const TIME = /<span>[^<]* m?s<\/span>/;

function otherTime(row: string, figure: string): string {
  if (!TIME.test(row)) throw new Error("the row shows no response time");
  return row.replace(TIME, `<span>${figure}</span>`);
}

function pass(port: number, { url = "/", headers }: IncomingMessage, response: ServerResponse): void {
  get({ host: "127.0.0.1", port, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
}
