/**
 * The service on Node as a value: start it, reload it, stop it. Tests start it on port 0; main.ts is the program.
 * Invariant: after `stop` nothing of it is left: no socket, no timer, no thread, no child process.
 */
import { startHttpServer } from "../../shared/node/http-server.ts";
import { assertCanListen } from "../../shared/node/listening.ts";
import { createMonitor, SECURITY_HEADERS, VERSION } from "../bundle.ts";
import { createNodeRuntime, type NodeRuntimeOptions } from "./node-runtime.ts";

/** Throws ConfigurationFault or DatabaseFault when only a person can heal either, and one of its own when the port cannot be had. */
export async function startNode(options: NodeRuntimeOptions & { port: number; hostname: string }) {
  await assertCanListen(options);
  const monitor = await createMonitor(await createNodeRuntime(options));
  try {
    await monitor.start();
    const server = await startHttpServer({ ...options, headers: SECURITY_HEADERS, monitor });
    const { url } = server;
    const config = options.configPath ?? "demo";
    options.log.write("info", "monitoring", { url: `${url}/dashboard`, config, version: VERSION });
    return {
      url,
      reload: () => monitor.reload(),
      async stop() {
        await server.stop();
        await monitor.stop();
      },
    };
  } catch (error) {
    await monitor.stop();
    throw error;
  }
}
