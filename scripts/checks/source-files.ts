/**
 * Lists the project's own files for the checks, so that each can say how many it looked at.
 * Invariant: what git ignores is not listed, except where `.gitignore` uses more than plain names.
 */
import { glob, readFile } from "node:fs/promises";

export const SOURCE_FOLDERS = ["functions", "shared", "scripts", "test"] as const;

export async function sourceFiles(root: string): Promise<string[]> {
  return (await filesBelow(root)).filter((file) => /\.tsx?$/.test(file));
}

/** Every file of the source folders below `root`, relative to it, sorted. */
export async function filesBelow(root: string): Promise<string[]> {
  const pattern = `{${SOURCE_FOLDERS.join(",")}}/**/*.*`;
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd: root, exclude: ["**/node_modules"] })) files.push(file);
  return files.toSorted();
}

/** Top-level names that git ignores, such as `dist`. */
export async function ignoredNames(): Promise<ReadonlySet<string>> {
  const lines = (await readFile(".gitignore", "utf8")).split("\n");
  return new Set(lines.map((line) => line.trim().replace(/^\/|\/$/g, "")).filter((line) => /^[\w.-]+$/.test(line)));
}
