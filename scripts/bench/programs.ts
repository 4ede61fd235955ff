/**
 * The programs of processes/, for rows to start: from their sources where nobody counts their CPU time, or bundled as build.ts
 * bundles the service, so that both sides of a row run what production runs.
 * Invariant: a bundled program holds one copy of what it uses, as the service does.
 */
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { asciiOnly, NODE_BUILD, shareBundle } from "../esbuild-options.ts";
import type { ChildProcesses, ObedientProcess } from "./child-processes.ts";
import type { Load, LoadOrder } from "./processes/load-client.ts";

/** What `npm run build` made; built.sh sees to it. */
export const DIST = join(import.meta.dirname, "../../dist");

/** For programs that take the monitor from dist/bundle.mjs, as the service does. */
export const SHARE_BUNDLE = shareBundle(new Set(), join(DIST, "bundle.mjs"));

/** Path of a program by its file name in processes/ without the ending. */
export const programPath = (name: string): string => join(import.meta.dirname, "processes", `${name}.ts`);

/** Path of the program's bundle, which goes with the row. */
export async function bundleProgram(children: ChildProcesses, name: string, ...plugins: Plugin[]): Promise<string> {
  const outdir = await children.folder();
  await build({ ...NODE_BUILD, entryPoints: [programPath(name)], outdir, plugins: [...plugins, asciiOnly] });
  return join(outdir, `${name}.mjs`);
}

export const startLoadClient = (children: ChildProcesses): Promise<ObedientProcess<LoadOrder, Load>> =>
  children.start(programPath("load-client"));
