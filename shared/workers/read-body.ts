/**
 * Collects the body of one answer up to its cap and hangs up on the rest.
 * Called by the fetch transport. Invariant: holds at most the cap and one chunk.
 */
export interface BodyContent {
  readonly body: Uint8Array;
  readonly truncated: boolean;
}

/** Rejects with the platform's error when the body breaks off or cannot be decoded. */
export async function readBody(response: Response, maxBytes: number): Promise<BodyContent> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (!reader) return { body: new Uint8Array(0), truncated: false };
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { body: joined(chunks, bytes), truncated: false };
    const room = maxBytes - bytes;
    chunks.push(value.length > room ? value.subarray(0, room) : value);
    bytes += Math.min(value.length, room);
    if (value.length > room) {
      void reader.cancel();
      return { body: joined(chunks, bytes), truncated: true };
    }
  }
}

function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const body = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}
