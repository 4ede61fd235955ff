/**
 * Finds out whether the migrations still make the tables that shared/storage describes: drizzle-kit, given a copy of them, must
 * have nothing to add. Works offline. Called by check.ts. Invariant: changes nothing but .cache.
 */
import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { runTool, type StepResult } from "./step.ts";

/** A table may stand in any of them, beside its queries. */
const SCHEMA = "./shared/storage/*.ts";
const MIGRATIONS = "shared/storage/migrations";

/** Compares the migrations of the project in the current directory with its schema. */
export async function checkMigrations(): Promise<StepResult> {
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
