/**
 * The files that browsers load beside the pages, as the build has compressed them. Handed in by node-runtime.ts.
 * Invariant: they are read at the start, all of them: what is built meanwhile are those of another version.
 */
import { readdirSync, readFileSync } from "node:fs";

const ENDING = ".gz";

/** By their names without the ending. Throws when the folder cannot be read. */
export function readAssetFiles(folder: URL): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const names = readdirSync(folder).filter((name) => name.endsWith(ENDING));
  return new Map(
    names.map((name) => [name.slice(0, -ENDING.length), new Uint8Array(readFileSync(new URL(name, folder)))]),
  );
}
