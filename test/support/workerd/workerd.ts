/**
 * The real Workers runtime with one module in it, on a free port of loopback; its outgoing traffic is its own.
 */
import { build } from "esbuild";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { WORKERS_BUILD } from "../../../scripts/esbuild-options.ts";
import workerdPath from "workerd"; // the path of the program

export interface Workerd {
  readonly port: number;
  close(): Promise<void>;
}

const config = (ca: string | null): string => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "worker.mjs")],
      compatibilityDate = "2026-11-01", globalOutbound = "network")),
    (name = "network", network = (allow = ["local"]${ca === null ? "" : `, tlsOptions = (trustBrowserCas = true, trustedCertificates = [${JSON.stringify(ca)}])`})),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);`;

/**
 * Bundles the module (TypeScript) as the build does, and resolves when it is served. `ca`: PEM of an authority that it trusts
 * beside the usual ones.
 */
export async function startWorkerd(entryPoint: string, ca: string | null = null): Promise<Workerd> {
  const folder = mkdtempSync(join(tmpdir(), "workerd-"));
  await build({ ...WORKERS_BUILD, entryPoints: { worker: entryPoint }, outdir: folder });
  writeFileSync(join(folder, "config.capnp"), config(ca));
  const child = spawn(workerdPath, ["serve", join(folder, "config.capnp"), "--control-fd=3"], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  let complaints = "";
  child.stderr?.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  const port = await Promise.race([
    // The fourth stream is a pipe, as asked for above.
    announcedPort(child.stdio[3] as Readable),
    ended.then(() => Promise.reject(new Error(`workerd ended: ${complaints}`))),
  ]);
  return {
    port,
    async close() {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function announcedPort(control: Readable): Promise<number> {
  let text = "";
  for await (const chunk of control) {
    text += String(chunk);
    const port = /"port":(\d+)/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error("workerd announced no port");
}
