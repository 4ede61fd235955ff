/**
 * What clients have not taken of their answers yet. Beyond the limit those connections are closed that have waited longest.
 * Used by http-server.ts. Invariant: an answer counts from when it was written until its connection has taken it or is closed.
 */
import type { ServerResponse } from "node:http";

/** Three of the largest answers there are; the kernel holds some MB of each connection beside it. */
const MOST_UNREAD_BYTES = 32_000_000;

/** To be called when an answer has been written. */
export function limitUnread(): (response: ServerResponse) => void {
  const unread = new Map<ServerResponse, number>(); // oldest first
  let total = 0;
  const forget = (response: ServerResponse): void => {
    total -= unread.get(response) ?? 0;
    unread.delete(response);
  };
  return (response) => {
    const bytes = response.socket?.writableLength ?? 0;
    if (bytes === 0) return;
    unread.set(response, bytes);
    total += bytes;
    response.once("close", () => forget(response));
    for (const oldest of unread.keys()) {
      if (total <= MOST_UNREAD_BYTES || oldest === response) break; // nobody has had time to take the newest
      forget(oldest);
      oldest.socket?.destroy();
    }
  };
}
