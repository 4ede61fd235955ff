/**
 * A real nginx for tests, on loopback, with the servers that a test writes as a user would.
 * One process without a master: it keeps the environment by which take-along.ts knows it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDaemon } from "./daemon.ts";
import { findProgram } from "./installed.ts";

export const NGINX = findProgram("nginx");

export interface NginxOptions {
  /** One of the ports that it listens on. */
  readonly port: number;
  /** What stands within `http { … }`. */
  readonly http: string;
  /** Files of its folder, to which paths in `http` are relative. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

export interface NginxServer {
  /** Of one of its files. */
  pathOf(name: string): string;
  close(): Promise<void>;
}

const TEMPORARY = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

function configuration(http: string): string {
  return `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events { worker_connections 512; }
http {
  access_log off;
  ${TEMPORARY.map((name) => `${name}_temp_path temporary;`).join("\n  ")}
  ${http}
}
`;
}

export async function startNginx({ port, http, files = {} }: NginxOptions): Promise<NginxServer> {
  const folder = mkdtempSync(join(tmpdir(), "nginx-"));
  mkdirSync(join(folder, "temporary"));
  const all = { "nginx.conf": configuration(http), ...files };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const args = ["-p", folder, "-c", "nginx.conf"];
  const daemon = await startDaemon({ program: NGINX ?? "nginx", args, port });
  return {
    pathOf: (name) => join(folder, name),
    async close() {
      await daemon.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
