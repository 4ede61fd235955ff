/**
 * JSON as a deflated blob, for the parts of hour blocks that no SQL needs to read.
 * Web standards only (CompressionStream), so both hosts share it. D1 hands BLOBs out as arrays of numbers.
 * Invariant: inflateJson(deflateJson(value)) equals value.
 */

/** What a BLOB column comes back as, on either host. */
export type BlobColumn = ArrayBuffer | Uint8Array | readonly number[];

export async function deflateJson(value: unknown): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The value is what the caller stored: the column is written by this module's own callers only. */
export async function inflateJson<Value>(column: BlobColumn): Promise<Value> {
  const bytes = column instanceof ArrayBuffer ? new Uint8Array(column) : Uint8Array.from(column);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}
