/**
 * A local D1 with all migrations, in files as wrangler keeps them. `startWorker` gives each Worker a copy, since wrangler starts a
 * runtime anew for each migration: 8 of the 14 s of CPU that a Worker takes to start.
 * Made once for each set of migrations. Invariant: nobody finds half of it: it is made elsewhere, and renamed.
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runWrangler, stage } from "../../scripts/worker/wrangler.ts";
import { MIGRATIONS } from "./sqlite-database.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MADE = join(ROOT, ".cache/d1");

/** `state` is what `wrangler --persist-to` is given; it is not there yet. */
export async function copyMigratedD1(state: string): Promise<void> {
  const made = join(MADE, fingerprint());
  if (!existsSync(made)) await make(made);
  cpSync(made, state, { recursive: true });
}

async function make(target: string): Promise<void> {
  mkdirSync(MADE, { recursive: true });
  const folder = mkdtempSync(join(MADE, "new-"));
  const state = join(folder, "state");
  await stage({ folder, configuration: "{}", variables: {} });
  await runWrangler(folder, ["d1", "migrations", "apply", "DB", "--local", "--persist-to", state]);
  try {
    renameSync(state, target);
  } catch (error) {
    // Another file of tests was first.
    if (!existsSync(target)) throw error;
  }
  rmSync(folder, { recursive: true });
}

/** Of all that the files depend on. */
function fingerprint(): string {
  const migrations = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"));
  const paths = migrations.map((name) => join(MIGRATIONS, name));
  const others = ["wrangler.toml", "node_modules/wrangler/package.json"].map((path) => join(ROOT, path));
  const hash = createHash("sha256");
  for (const path of [...paths, ...others]) hash.update(path).update(readFileSync(path));
  return hash.digest("hex").slice(0, 16);
}
