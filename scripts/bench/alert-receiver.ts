/**
 * A receiver of webhooks in the benchmark's own process: takes everything at once and remembers when it came.
 */
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

export interface ReceivedMessage {
  /** `webhook-id`. */
  readonly id: string;
  readonly type: string;
  /** Ids of the alerts that it tells of. */
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
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const atMs = Date.now();
      const { type, timestamp, data } = JSON.parse(Buffer.concat(chunks).toString()) as Body; // ours, see webhook-body.ts
      const alertIds = data.alerts?.map(({ id }) => id) ?? (data.id === undefined ? [] : [data.id]);
      const id = String(request.headers["webhook-id"]);
      messages.push({ id, type, alertIds, atMs, committedAtMs: Date.parse(timestamp) });
      response.end();
      for (const look of waiting) look();
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    // A listening TCP server has an AddressInfo.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    messages,
    until: (count) =>
      new Promise((resolve, reject) => {
        const end = (settle: () => void): void => {
          clearTimeout(timer);
          waiting.delete(look);
          settle();
        };
        const look = (): void => {
          if (messages.length >= count) end(resolve);
        };
        const timer = setTimeout(() => end(() => reject(new Error("a message did not come"))), GIVE_UP_MS);
        waiting.add(look);
        look();
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
