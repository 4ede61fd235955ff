/**
 * Puts a Worker into a folder and runs wrangler there as a program, silent about itself: no questions, no telemetry, no look-ups.
 * Used by dev.ts, deploy.ts and the benchmark. Invariants: the modules of the Worker are those of dist/, byte for byte; what was
 * started ends with `stop`, children included.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { copyFile, cp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { writeDevVariable } from "./dev-variables.ts";

const ROOT = join(import.meta.dirname, "../..");
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
const MODULES = ["worker.mjs", "bundle.mjs"] as const;

/** What keeps wrangler from talking about itself and from asking the network. */
export const QUIET = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_WRITE_LOGS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};

interface Stage {
  /** An empty one. */
  readonly folder: string;
  /** Text of cluster.yaml. */
  readonly configuration: string;
  /** Values of variables and secrets, for `wrangler dev`; a deployment has its own. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The built modules and static files, the configuration, migrations and wrangler.toml as it is. */
export async function stage({ folder, configuration, variables }: Stage): Promise<void> {
  await mkdir(join(folder, "dist"), { recursive: true });
  await copyFile(join(ROOT, "wrangler.toml"), join(folder, "wrangler.toml"));
  await cp(join(ROOT, "shared/storage/migrations"), join(folder, "shared/storage/migrations"), { recursive: true });
  for (const name of MODULES) await copyFile(join(ROOT, "dist", name), join(folder, "dist", name));
  await cp(join(ROOT, "dist/static"), join(folder, "dist/static"), { recursive: true });
  await writeFile(join(folder, "dist/cluster.yaml"), configuration);
  const lines = Object.entries(variables).map(([name, value]) => writeDevVariable(name, value));
  await writeFile(join(folder, ".dev.vars"), lines.join(""), { mode: 0o600 });
}

/** The same in a temporary folder, which is deleted at the end: secrets are in it. */
export async function stageFor(endings: AsyncDisposableStack, what: Omit<Stage, "folder">): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "worker-"));
  endings.defer(() => rm(folder, { recursive: true, force: true }));
  const staged = stage({ folder, ...what });
  // Whoever deletes while another writes leaves something.
  endings.defer(() => staged.catch(() => {}));
  await staged;
  return folder;
}

/** Starts `wrangler ARGS...` in a folder, as a process group of its own. */
export function startWrangler(folder: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [WRANGLER, ...args], {
    cwd: folder,
    env: { ...process.env, ...QUIET },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

/** Resolves with what it printed; rejects with it when it fails. `endings`: ends it as well. */
export async function runWrangler(
  folder: string,
  args: readonly string[],
  endings?: AsyncDisposableStack,
): Promise<string> {
  const child = startWrangler(folder, args);
  endings?.defer(() => stop(child));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (output += String(chunk)));
  await once(child, "close");
  if (child.exitCode !== 0) throw new Error(`wrangler ${args.slice(0, 2).join(" ")} failed:\n${output}`);
  return output;
}

/** Resolves with the address when `wrangler dev` serves it; every other line it prints goes to `onLine`, without its colours. */
export function readyAt(child: ChildProcess, onLine: (line: string) => void): Promise<string> {
  return new Promise((found, reject) => {
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on("line", (coloured) => {
        const line = stripVTControlCharacters(coloured);
        said += `${line}\n`;
        const origin = /Ready on (http:\/\/\S+)/.exec(line)?.[1];
        if (origin === undefined) onLine(line);
        else found(origin);
      });
    }
    child.once("exit", () => reject(new Error(`wrangler ended:\n${said}`)));
  });
}

/** Passes on the Worker's own log lines, and what went wrong with all that is said of it; not what wrangler says about itself. */
export function notable(write: (line: string) => void): (line: string) => void {
  let isFault = false;
  return (line) => {
    isFault = /\bERROR\b/.test(line) || (isFault && /^\s|^$/.test(line));
    if (isFault || line.startsWith("{")) write(line);
  };
}

/** Ends the whole group; resolves when wrangler is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, "exit");
  process.kill(-child.pid, "SIGTERM");
  await gone;
}
