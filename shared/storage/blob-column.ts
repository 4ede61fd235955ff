/**
 * What a BLOB column comes back as, on either runtime: D1 hands arrays of numbers out, better-sqlite3 a Buffer.
 * Called by the encoders and decoders of blocks; some hold deflated JSON: what no SQL needs to read. Web standards only
 * (CompressionStream), so both runtimes share it. Invariant: inflateJson(deflateJson(value)) equals value.
 */
export type BlobColumn = ArrayBuffer | Uint8Array | readonly number[];

/** Throws on a text, which such a column never holds unless somebody has written to the file. */
export function toBytes(column: BlobColumn): Uint8Array<ArrayBuffer> {
  if (typeof column === "string") throw new Error("not a blob");
  return column instanceof ArrayBuffer ? new Uint8Array(column) : Uint8Array.from(column);
}

/** For `unhex` of SQL. */
export function toHex(column: BlobColumn): string {
  return Array.from(toBytes(column), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function deflateJson(value: unknown): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The value is what the caller stored: the column is written by this module's own callers only. */
export async function inflateJson<Value>(column: BlobColumn): Promise<Value> {
  const stream = new Blob([toBytes(column)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}
