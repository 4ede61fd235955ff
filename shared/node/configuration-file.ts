/** The configuration as a file. Implements the port ConfigurationSource. */
import { readFile } from "node:fs/promises";
import type { ConfigurationSource } from "../ports/configuration-source.ts";

export function configurationFile(path: string): ConfigurationSource {
  return { name: path, notice: null, read: () => readText(path) };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new Error(code === "ENOENT" ? "the file does not exist" : `the file cannot be read (${code})`, {
      cause: error,
    });
  }
}
