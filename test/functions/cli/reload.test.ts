/** `npm run reload` as a process, beside a service, beside another program, and alone. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { startService } from "../../support/service-process.ts";

const SCRIPT = fileURLToPath(new URL("../../../functions/cli/reload.ts", import.meta.url));

const reload = (port: number, ...args: readonly string[]) =>
  promisify(execFile)(process.execPath, [SCRIPT, ...args], { env: { ...process.env, PORT: String(port) } });

/** Of a server that listens meanwhile, in this process. */
async function withListener(use: (port: number) => Promise<void>): Promise<void> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  await use((server.address() as AddressInfo).port); // of a TCP server
  await once(server.close(), "close");
}

describe("npm run reload", () => {
  it("makes the service that listens on PORT load its configuration again", async () => {
    const service = await startService({ config: JSON.stringify({ services: { a: { url: "http://127.0.0.1:1/" } } }) });
    service.writeConfig(JSON.stringify({ services: { b: { url: "http://127.0.0.1:1/" } } }));
    const { stdout } = await reload(service.port);
    await service.saw("configuration reloaded");
    expect(stdout).toBe(
      `The service (pid ${service.pid}) loads its configuration again; its log says what comes of it.\n`,
    );
    await service.stop();
  });

  it("sends nothing to another program, and names it", async () => {
    await withListener(async (port) => {
      const words = `Port ${port} is taken by `;
      await expect(reload(port)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
    });
  });

  it("says that nobody listens", async () => {
    let free = 0;
    await withListener(async (port) => void (free = port));
    const words = `Nothing that this user may see listens on port ${free}.`;
    await expect(reload(free)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
  });

  it("takes no arguments", async () => {
    await expect(reload(1, "now")).rejects.toMatchObject({
      code: 64,
      stderr: expect.stringContaining("usage: npm run"),
    });
  });
});
