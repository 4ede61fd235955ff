/**
 * What is sent to one client piece by piece, as it comes.
 * functions/live/listen.ts makes such a stream; functions/http/event-stream.ts sends it, or a platform that can do it with less.
 * Invariants, of who sends: nothing is asked for before the client has taken what was made before, so a slow reader costs no memory; a
 * stream that ends, however it ends, is told so.
 */
export interface EventStream {
  /** What comes next, when it comes; null: that was all. Never rejects, and is not called again before it has resolved. */
  next(): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Nobody listens any more. May be called more than once. */
  end(): void;
}
