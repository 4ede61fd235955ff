/**
 * Folders for what a row needs on disk: databases and bundled programs.
 * Inside the project, because that lies on a disk where /tmp may be memory, which costs no write, and because a bundle finds
 * packages with binaries by walking up from where it is. Invariant: git and the build ignore what is in here.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

const CACHE = join(import.meta.dirname, "../../.cache");

export interface ScratchFolder {
  readonly path: string;
  remove(): Promise<void>;
}

export async function scratchFolder(): Promise<ScratchFolder> {
  await mkdir(CACHE, { recursive: true });
  const path = await mkdtemp(join(CACHE, "bench-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
