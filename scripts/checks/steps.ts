/**
 * What `npm run check` checks, in the order of increasing price: one entry per step.
 * check.ts runs them and prints the table; each step only says whether it is content, what it looked at, and what is wrong.
 * Invariant: a step that can pass without looking says how much it looked at, and fails when that is nothing.
 */
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { CRONS } from "../worker/cron.ts";
import { checkArchitecture } from "./architecture.ts";
import { cronFaults } from "./crons.ts";
import { checkDocument, checkHeader, type DocReferences } from "./doc-references.ts";
import { missingOptionals, type LockFile } from "./lockfile.ts";
import { checkMigrations } from "./migrations.ts";
import { runTool, type ToolResult } from "./run-tool.ts";
import { checkRuntimes } from "./runtimes.ts";
import { fileNames, filesBelow, ignoredNames, sourceFiles } from "./source-files.ts";
import { unreasonedSuppressions } from "./suppressions.ts";

export interface StepResult extends ToolResult {
  /** What was looked at, in a few words: `53 files`; empty when the tool does not say. */
  readonly note: string;
}

const DOCUMENTS = ["README.md", "CONTRIBUTING.md", "test/faults/README.md"];
/** Longer, and a newcomer does not read it. */
const README_MAX_LINES = 200;

/** By the name that `npm run check -- <name>` takes. */
export const STEPS: Readonly<Record<string, () => Promise<StepResult>>> = {
  format: async () => withNote(await runTool("node_modules/oxfmt/bin/oxfmt", ["--check"])),
  lint,
  types: async () => withNote(await runTool("node_modules/typescript/bin/tsc", ["-b"])),
  architecture,
  runtimes,
  crons: async () => resultOf(cronFaults(await readFile("wrangler.toml", "utf8")), `${CRONS.length} events`),
  "dead-code": deadCode,
  docs,
  lockfile,
  schema: async () => withNote(await runTool("scripts/write-schema.ts", ["--check"])),
  migrations,
};

async function lint(): Promise<StepResult> {
  const files = await sourceFiles(".");
  const perFile = await Promise.all(
    files.map(async (file) => unreasonedSuppressions(await readFile(file, "utf8")).map((found) => `${file}:${found}`)),
  );
  const unreasoned = perFile.flat();
  const { isOk, output } = await runTool("node_modules/oxlint/bin/oxlint", ["--type-aware", "--format=unix"]);
  const lines = [...(isOk ? [] : [output]), ...unreasoned.map((line) => `suppression without ' -- reason': ${line}`)];
  return resultOf(lines, `${files.length} files`);
}

async function architecture(): Promise<StepResult> {
  const { fileCount, faults } = await checkArchitecture(".");
  return resultOf(faults, `${fileCount} files`);
}

async function runtimes(): Promise<StepResult> {
  const { lines, faults } = await checkRuntimes(process.cwd());
  return resultOf(faults, [...lines].map(([file, count]) => `${file} ${count}`).join(", "));
}

/** Twice: with the tests, and without them to find what only tests use. */
async function deadCode(): Promise<StepResult> {
  for (const args of [[], ["--production"]]) {
    const result = await runTool("node_modules/knip/bin/knip.js", ["--no-progress", ...args]);
    if (!result.isOk) return { ...result, note: args.join(" ") };
  }
  return resultOf([], "with and without tests");
}

async function docs(): Promise<StepResult> {
  const names = await fileNames(".");
  const disk = {
    exists: (path: string) => names.has(path) || existsSync(path), // a text about one folder names its files without it
    topLevel: new Set(await readdir(".")),
    ignored: await ignoredNames(),
  };
  const faults: string[] = [];
  let pathCount = 0;
  for (const document of DOCUMENTS) {
    if (!existsSync(document)) {
      if (process.env["CI"] !== undefined) faults.push(`${document} is missing`);
      continue;
    }
    const text = await readFile(document, "utf8");
    const lineCount = text.trimEnd().split("\n").length;
    if (document === "README.md" && lineCount > README_MAX_LINES) faults.push(`${document} has ${lineCount} lines`);
    const references = checkDocument(text, disk);
    pathCount += references.pathCount;
    faults.push(...references.missing.map((path) => `${document} names ${path}, which does not exist`));
  }
  const headers = await checkHeaders();
  return resultOf([...faults, ...headers.missing], `${pathCount + headers.pathCount} paths`);
}

async function checkHeaders(): Promise<DocReferences> {
  const sources = [...(await filesBelow(".")), ...(await readdir("."))];
  const commented = sources.filter((file) => /\.(ts|sh)$/.test(file));
  const checked = await Promise.all(
    commented.map(async (file) => {
      const { pathCount, missing } = checkHeader(await readFile(file, "utf8"), sources);
      return { pathCount, missing: missing.map((path) => `${file} names ${path}, which does not exist`) };
    }),
  );
  return {
    pathCount: checked.reduce((sum, { pathCount }) => sum + pathCount, 0),
    missing: checked.flatMap(({ missing }) => missing),
  };
}

async function lockfile(): Promise<StepResult> {
  const lock = JSON.parse(await readFile("package-lock.json", "utf8")) as LockFile;
  const missing = missingOptionals(lock).map(({ name, version }) => `${name}@${version} is missing`);
  const advice = missing.length > 0 ? ["Run: sh scripts/node.sh scripts/complete-lockfile.ts"] : [];
  return resultOf([...missing, ...advice], `${Object.keys(lock.packages).length} packages`);
}

async function migrations(): Promise<StepResult> {
  const { fileCount, fault } = await checkMigrations();
  return resultOf(fault === null ? [] : [fault], `${fileCount} files`);
}

function resultOf(faults: readonly string[], note: string): StepResult {
  return { isOk: faults.length === 0, output: faults.join("\n"), note };
}

function withNote(result: ToolResult): StepResult {
  return { ...result, note: "" };
}
