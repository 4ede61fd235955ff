/** The conformance suite of the protocol's authors, as far as it is about what this server has: tools of its own, and no sessions. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { childMarks } from "../../../scripts/take-along.ts";
import { startService, type ServiceProcess } from "../../support/service-process.ts";

const PROGRAM = fileURLToPath(new URL("../../../node_modules/.bin/conformance", import.meta.url));

describe("the conformance suite of MCP", () => {
  let service: ServiceProcess;
  beforeAll(async () => {
    service = await startService({ config: JSON.stringify({ services: { a: { url: "http://127.0.0.1:1/" } } }) });
  });
  afterAll(async () => void (await service.stop()));

  it.each(["server-initialize", "ping", "tools-list", "dns-rebinding-protection"])(
    "is content with %s",
    async (name) => {
      const url = `http://127.0.0.1:${service.port}/mcp`;
      const given = [PROGRAM, "server", "--url", url, "--scenario", name];
      // It ends with another code when one of its checks fails.
      const { stdout } = await promisify(execFile)(process.execPath, given, {
        cwd: service.folder,
        env: { ...childMarks(), PATH: process.env["PATH"] },
      });
      expect(stdout).toMatch(/Passed: [1-9]\d*\/\d+, 0 failed/);
    },
  );
});
