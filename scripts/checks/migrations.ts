/**
 * Finds out whether the migrations still make the tables that shared/storage describes: drizzle-kit, given a copy of them, must
 * have nothing to add. Works offline. Called by check.ts. Invariant: changes nothing but .cache.
 */
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";

/** A table may stand in any of them, beside its queries. */
const SCHEMA = "./shared/storage/*.ts";
const MIGRATIONS = "shared/storage/migrations";

export interface MigrationReport {
  readonly fileCount: number;
  /** What is wrong; null when the migrations are up to date. */
  readonly fault: string | null;
}

/** Compares the migrations of the project in the current directory with its schema. */
export async function checkMigrations(): Promise<MigrationReport> {
  await mkdir(".cache", { recursive: true });
  const copy = await mkdtemp(".cache/migrations-"); // drizzle-kit takes a path relative to the project only
  try {
    await cp(MIGRATIONS, copy, { recursive: true });
    const before = await sqlFiles(copy);
    const output = generate(copy);
    if (!output.includes("No schema changes")) return { fileCount: before.length, fault: output };
    return { fileCount: before.length, fault: before.length === 0 ? `no .sql file in ${MIGRATIONS}` : null };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function generate(folder: string): string {
  const args = ["generate", "--dialect=sqlite", `--schema=${SCHEMA}`, `--out=${folder}`];
  const { stdout, stderr } = spawnSync(process.execPath, ["node_modules/drizzle-kit/bin.cjs", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"], // without a terminal it asks nothing
  });
  return `${stdout}${stderr}`;
}

async function sqlFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".sql"));
}
