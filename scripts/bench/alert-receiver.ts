/**
 * A receiver of webhooks in the benchmark's own process: takes everything at once and remembers when it came.
 * Used by the row about alerts and by the test that kills a monitor.
 */
import { EventEmitter, once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { serveLoopback } from "./loopback.ts";

export interface ReceivedMessage {
  /** `webhook-id`. */
  readonly id: string;
  readonly type: string;
  readonly alertIds: readonly string[];
  /** When the commit that decided it was made, epoch ms. */
  readonly committedAtMs: number;
  /** When it came, epoch ms. */
  readonly atMs: number;
}

export interface AlertReceiver {
  readonly url: string;
  readonly messages: readonly ReceivedMessage[];
  /** Resolves when so many have come; rejects after a minute and a half. */
  until(count: number): Promise<void>;
  close(): Promise<void>;
}

interface Body {
  readonly type: string;
  readonly timestamp: string;
  readonly data: { readonly id?: string; readonly alerts?: readonly { readonly id: string }[] };
}

const GIVE_UP_MS = 90_000;

export async function startAlertReceiver(): Promise<AlertReceiver> {
  const messages: ReceivedMessage[] = [];
  const arrivals = new EventEmitter();
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { type, timestamp, data } = (await json(request)) as Body; // ours, see webhook.ts
    const atMs = Date.now();
    const alertIds = data.alerts?.map(({ id }) => id) ?? (data.id === undefined ? [] : [data.id]);
    const id = String(request.headers["webhook-id"]);
    messages.push({ id, type, alertIds, atMs, committedAtMs: Date.parse(timestamp) });
    response.end();
    arrivals.emit("message");
  };
  const { origin, close } = await serveLoopback((request, response) => void take(request, response));
  return {
    url: `${origin}/hook`,
    messages,
    async until(count) {
      const signal = AbortSignal.timeout(GIVE_UP_MS);
      while (messages.length < count) await once(arrivals, "message", { signal });
    },
    close,
  };
}
