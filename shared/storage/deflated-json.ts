/**
 * JSON as a deflated blob, for the parts of hour blocks that no SQL needs to read.
 * Web standards only (CompressionStream), so both runtimes share it.
 * Invariant: inflateJson(deflateJson(value)) equals value.
 */

import { bytesOf, type BlobColumn } from "./blob-column.ts";

export async function deflateJson(value: unknown): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The value is what the caller stored: the column is written by this module's own callers only. */
export async function inflateJson<Value>(column: BlobColumn): Promise<Value> {
  const stream = new Blob([bytesOf(column)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}
