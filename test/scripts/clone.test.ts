/** A checkout by a git that is told to write CRLF, as on Windows: what runs in a shell keeps its line ends. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findProgram, skipWithout } from "../support/installed.ts";

const ROOT = join(import.meta.dirname, "../..");
const GIT = findProgram("git");

/** What stands for its kind: scripts, what is hashed, what people copy. */
const FILES = ["scripts/start.sh", "scripts/sources.sh", "package-lock.json", "cluster.example.yaml"];

function git(directory: string, ...args: readonly string[]): void {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "core.hooksPath=/dev/null"];
  execFileSync(String(GIT), [...identity, "-C", directory, ...args], { stdio: "pipe" });
}

it.skipIf(skipWithout(GIT))("a clone has the line ends of its sources, whatever git is told (needs git)", () => {
  const directory = mkdtempSync(join(tmpdir(), "clone-"));
  try {
    const source = join(directory, "source");
    for (const file of [".gitattributes", ...FILES]) cpSync(join(ROOT, file), join(source, file));
    git(directory, "init", "--quiet", "source");
    git(source, "add", ".");
    git(source, "commit", "--quiet", "--message", "sources");
    git(
      directory,
      "clone",
      "--quiet",
      "--config",
      "core.autocrlf=true",
      "--config",
      "core.eol=crlf",
      "source",
      "clone",
    );
    for (const file of FILES) {
      expect(readFileSync(join(directory, "clone", file), "utf8")).toBe(readFileSync(join(ROOT, file), "utf8"));
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});
