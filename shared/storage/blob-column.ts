/**
 * What a BLOB column comes back as, on either runtime: D1 hands arrays of numbers out, better-sqlite3 a Buffer.
 * Called by the decoders of blocks. Knows nothing of what is in a blob.
 */
export type BlobColumn = ArrayBuffer | Uint8Array | readonly number[];

/** Throws on a text, which such a column never holds unless somebody has written to the file. */
export function bytesOf(column: BlobColumn): Uint8Array<ArrayBuffer> {
  if (typeof column === "string") throw new Error("not a blob");
  return column instanceof ArrayBuffer ? new Uint8Array(column) : Uint8Array.from(column);
}

/** For `unhex` of SQL. */
export function toHex(column: BlobColumn): string {
  return Array.from(bytesOf(column), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
