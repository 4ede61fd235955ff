/**
 * `npm run check`: everything but the tests, in seconds; `npm run check -- types lint` runs only those steps.
 * Prints one line per step, and what is wrong where something is. The steps stand in the order of increasing price.
 * Invariants: stops at the first step with a fault, with exit code 1; a step that can pass without looking says how much it
 * looked at, and fails when that is nothing.
 */
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { basename } from "node:path";
import { cronFaults, CRONS } from "./worker/cron.ts";
import { checkArchitecture } from "./checks/architecture.ts";
import { checkDocument, checkHeader, type DocReferences } from "./checks/doc-references.ts";
import { missingOptionals, type LockFile } from "./checks/lockfile.ts";
import { checkRuntimes } from "./checks/runtimes.ts";
import { filesBelow, ignoredNames, sourceFiles } from "./checks/source-files.ts";
import { runTool, toolStep, type StepResult } from "./checks/step.ts";
import { unreasonedSuppressions } from "./checks/suppressions.ts";

const DOCUMENTS = ["README.md", "CONTRIBUTING.md", "test/faults/README.md"];
/** Longer, and a newcomer does not read it. */
const README_MAX_LINES = 200;
/** A table may stand in any of them, beside its queries. */
const SCHEMA = "./shared/storage/*.ts";
const MIGRATIONS = "shared/storage/migrations";

/** By the name that `npm run check -- <name>` takes. */
const STEPS: Readonly<Record<string, () => Promise<StepResult>>> = {
  format: () => toolStep("node_modules/oxfmt/bin/oxfmt", "--check"),
  lint,
  types: () => toolStep("node_modules/typescript/bin/tsc", "-b"),
  architecture: () => checkArchitecture("."),
  runtimes: () => checkRuntimes(process.cwd()),
  crons: async () => ({ faults: cronFaults(await text("wrangler.toml")), note: `${CRONS.length} events` }),
  "dead-code": deadCode,
  docs,
  lockfile,
  schema: () => toolStep("scripts/write-schema.ts", "--check"),
  migrations,
};

const text = (path: string): Promise<string> => readFile(path, "utf8");

async function lint(): Promise<StepResult> {
  const files = await sourceFiles(".");
  const unreasoned = files.map(async (file) =>
    unreasonedSuppressions(await text(file)).map((found) => `suppression without ' -- reason': ${file}:${found}`),
  );
  const { faults } = await toolStep("node_modules/oxlint/bin/oxlint", "--type-aware", "--format=unix");
  return { faults: [...faults, ...(await Promise.all(unreasoned)).flat()], note: `${files.length} files` };
}

/** Twice: with the tests, and without them to find what only tests use. */
async function deadCode(): Promise<StepResult> {
  for (const args of [[], ["--production"]]) {
    const { faults } = await toolStep("node_modules/knip/bin/knip.js", "--no-progress", ...args);
    if (faults.length > 0) return { faults, note: args.join(" ") };
  }
  return { faults: [], note: "with and without tests" };
}

async function docs(): Promise<StepResult> {
  const topLevel = await readdir(".");
  const sources = [...(await filesBelow(".")), ...topLevel];
  const names = new Set(sources.map((path) => basename(path)));
  const disk = {
    exists: (path: string) => names.has(path) || existsSync(path), // a text about one folder names its files without it
    topLevel: new Set(topLevel),
    ignored: await ignoredNames(),
  };
  const faults: string[] = [];
  let pathCount = 0;
  const note = (file: string, references: DocReferences): void => {
    pathCount += references.pathCount;
    faults.push(...references.missing.map((path) => `${file} names ${path}, which does not exist`));
  };
  for (const document of DOCUMENTS) {
    const markdown = existsSync(document) ? await text(document) : null;
    if (markdown !== null) note(document, checkDocument(markdown, disk));
    else if (process.env["CI"] !== undefined) faults.push(`${document} is missing`);
    const lineCount = markdown?.trimEnd().split("\n").length ?? 0;
    if (document === "README.md" && lineCount > README_MAX_LINES) faults.push(`${document} has ${lineCount} lines`);
  }
  for (const file of sources.filter((path) => /\.(tsx?|sh)$/.test(path)))
    note(file, checkHeader(await text(file), sources));
  return { faults, note: `${pathCount} paths` };
}

async function lockfile(): Promise<StepResult> {
  const lock = JSON.parse(await text("package-lock.json")) as LockFile;
  const missing = missingOptionals(lock).map(({ name, version }) => `${name}@${version} is missing`);
  const advice = missing.length > 0 ? ["Run: sh scripts/node.sh scripts/complete-lockfile.ts"] : [];
  return { faults: [...missing, ...advice], note: `${Object.keys(lock.packages).length} packages` };
}

/** drizzle-kit, given a copy of the migrations, must have nothing to add to make the tables that shared/storage describes. */
async function migrations(): Promise<StepResult> {
  await mkdir(".cache", { recursive: true });
  const copy = await mkdtemp(".cache/migrations-"); // drizzle-kit takes a path relative to the project only
  try {
    await cp(MIGRATIONS, copy, { recursive: true });
    const { length } = (await readdir(copy)).filter((name) => name.endsWith(".sql"));
    const args = ["generate", "--dialect=sqlite", `--schema=${SCHEMA}`, `--out=${copy}`];
    const { output } = await runTool("node_modules/drizzle-kit/bin.cjs", ...args);
    const faults = output.includes("No schema changes") ? [] : [output];
    return { faults: length === 0 ? [`no .sql file in ${MIGRATIONS}`] : faults, note: `${length} files` };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

const known = Object.keys(STEPS);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no step ${unknown.join(", ")}; there are: ${known.join(", ")}`);
  process.exit(2);
}

const nameWidth = Math.max(...known.map((name) => name.length));

for (const [name, run] of Object.entries(STEPS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const startedAtMs = performance.now();
  const { faults, note } = await run();
  const isOk = faults.length === 0;
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  console.log(`${isOk ? "ok    " : "FAILED"}  ${name.padEnd(nameWidth)}  ${seconds} s  ${note}`.trimEnd());
  if (isOk) continue;
  console.log(`\n${faults.join("\n")}`);
  process.exit(1);
}
