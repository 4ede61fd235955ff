/** Compresses what pages send, on a thread of the pool. Handed in by node-runtime.ts. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";

export const compress: (text: string) => Promise<Uint8Array<ArrayBuffer>> = promisify(gzip);
