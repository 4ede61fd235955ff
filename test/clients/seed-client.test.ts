import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findPythonWith, skipWithout } from "../support/installed.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const SCRIPT = fileURLToPath(new URL("seed_client.py", import.meta.url));
const python = findPythonWith("aiohttp");

describe.skipIf(skipWithout(python))("the seed's Python class LangGraphMonitoring (needs python3-aiohttp)", () => {
  let targets: TargetServer[];
  let service: ServiceProcess;

  beforeAll(async () => {
    targets = [await startTarget(sendJson(503, { error: "loading" })), await startTarget(), await startTarget()];
    const [jetson, cpu, tools] = targets.map(({ url }) => url);
    const services = {
      jetson_ollama: { url: jetson },
      cpu_llama: { url: cpu },
      tools: { name: "Tools Server", url: tools, critical: true },
    };
    service = await startService({ config: JSON.stringify({ node: "worker-node4", services }) });
  });
  afterAll(async () => {
    await service.stop();
    await Promise.all(targets.map((target) => target.close()));
  });

  it("works unchanged: waits for health, reads services, picks the healthy LLM", async () => {
    const { stdout } = await promisify(execFile)(python ?? "python3", [SCRIPT, `http://127.0.0.1:${service.port}`]);
    expect(JSON.parse(stdout)).toMatchObject({
      ready: true,
      overall_status: "healthy",
      tools: { name: "Tools Server", critical: true, health: { status: "healthy", status_code: 200 } },
      nobody: { error: "Service not found" },
      best: "http://192.168.1.81:8080",
    });
  });
});
