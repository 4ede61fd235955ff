/**
 * Puts what a Worker consists of into a folder: the built modules, the configuration, migrations and wrangler.toml as it is.
 * Used by dev.ts and deploy.ts. Invariant: the modules are those of dist/, byte for byte.
 */
import { copyFile, cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const MODULES = ["worker.mjs", "bundle.mjs"] as const;

interface Stage {
  /** An empty one. */
  readonly folder: string;
  /** Text of cluster.yaml. */
  readonly configuration: string;
  /** Values of variables and secrets, for `wrangler dev`; a deployment has its own. */
  readonly variables: Readonly<Record<string, string>>;
}

export async function stage({ folder, configuration, variables }: Stage): Promise<void> {
  await mkdir(join(folder, "dist"), { recursive: true });
  await copyFile(join(ROOT, "wrangler.toml"), join(folder, "wrangler.toml"));
  await cp(join(ROOT, "shared/storage/migrations"), join(folder, "shared/storage/migrations"), { recursive: true });
  for (const name of MODULES) await copyFile(join(ROOT, "dist", name), join(folder, "dist", name));
  await writeFile(join(folder, "dist/cluster.yaml"), configuration);
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${JSON.stringify(value)}\n`);
  await writeFile(join(folder, ".dev.vars"), lines.join(""), { mode: 0o600 });
}
