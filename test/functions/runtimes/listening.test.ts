/** Where the service cannot listen it says so, with what to do, before anything has been started. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runService } from "../../support/service-process.ts";

const LISTENER = `
  const server = require("node:net").createServer().listen(0, process.argv[1], () => console.log(server.address().port));
`;
/** From here on ports are for everybody. */
const LOWEST_FREE = Number(readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf8"));
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

describe("a start without a place to listen", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Without a configuration: the demo would be started. */
  const refused = async (env: Readonly<Record<string, string>>, more: { uid?: number } = {}): Promise<string> => {
    const { code, output } = await runService({ config: null, folder, env, ...more });
    expect([code, existsSync(join(folder, "test.db"))]).toEqual([69, false]);
    return output;
  };

  for (const host of ["127.0.0.1", "0.0.0.0", "::"]) {
    it(`names the program that has taken the port: on ${host}`, async () => {
      const other = spawn(process.execPath, ["-e", LISTENER, host], { stdio: ["ignore", "pipe", "inherit"] });
      try {
        const [chunk] = await once(other.stdout, "data");
        const port = String(chunk).trim();
        const said = await refused({ PORT: port, HOST: host === "::" ? "::" : "127.0.0.1" });
        expect(said).toBe(`Port ${port} is taken by node (pid ${other.pid}). Stop it or set PORT.\n`);
      } finally {
        other.kill("SIGKILL");
      }
    });
  }

  it.skipIf(!isRoot)("says that the program is another one when this user may not know it (needs root)", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo; // of a TCP server
    chmodSync(folder, 0o777);
    const said = await refused({ PORT: String(port) }, { uid: NOBODY });
    other.close();
    expect(said).toBe(`Port ${port} is taken by another program. Stop it or set PORT.\n`);
  });

  it("says that an address is none of this machine, and that a name does not resolve", async () => {
    expect(await refused({ HOST: "192.0.2.1" })).toBe(
      "HOST: 192.0.2.1 is not an address of this machine. Set HOST to one, or to 0.0.0.0 for all.\n",
    );
    const name = "x".repeat(64); // longer than a name may be, so that no name server is asked
    expect(await refused({ HOST: name })).toBe(
      `HOST: the name ${name} does not resolve. Set HOST to an address of this machine, or to 0.0.0.0 for all.\n`,
    );
  });

  it.skipIf(LOWEST_FREE < 2)("says that a port is for privileged users (needs a machine that has such)", async () => {
    chmodSync(folder, 0o777);
    const within = isRoot ? { uid: NOBODY } : {};
    expect(await refused({ PORT: "1" }, within)).toBe(
      "Port 1 is only for privileged users. Set PORT to 1024 or more.\n",
    );
  });
});
