/**
 * Servers that speak OpenAI's API, and probes of them over the Node transport, on a clock that stands still. Used by the tests of the openai
 * check type, once in a file.
 */
import { afterAll, afterEach, beforeAll } from "vitest";
import type { Json } from "../../shared/domain/monitoring/check.ts";
import type { Finding } from "../../shared/ports/prober.ts";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { startCaptured } from "./captured-server.ts";
import { T0 } from "./checks.ts";
import { configureRawProbe, type Settings } from "./configured-probe.ts";
import type { LoopbackServer } from "./loopback-server.ts";
import { makeContext, type TestContext } from "./probe-context.ts";
import { json, startRoutes, type Route, type RoutesServer } from "./routes-server.ts";
import { WAIT_LIMIT_MS } from "./time-limits.ts";

export function openAiBench() {
  let context: TestContext;
  const servers: LoopbackServer[] = [];
  const clock = { nowMs: T0 };

  beforeAll(async () => {
    context = await makeContext();
  });
  afterAll(() => context.close());
  afterEach(async () => {
    clock.nowMs = T0;
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  return {
    clock,
    async serve(routes: RoutesServer["routes"]): Promise<RoutesServer> {
      const started = await startRoutes(routes);
      servers.push(started.server);
      return started;
    },
    async captured(...names: string[]) {
      const { server, asked } = await startCaptured(names);
      servers.push(server);
      return { url: `http://127.0.0.1:${server.port}`, asked };
    },
    probe(settings: Settings, memory: Json = null, timeoutMs = WAIT_LIMIT_MS): Promise<Finding> {
      const standing = { ...context.clock, nowMs: () => clock.nowMs };
      return configureRawProbe(CHECK_TYPES.openai, settings)({ ...context, clock: standing, memory, timeoutMs });
    },
  };
}

export const dataOf = ({ details }: Finding): unknown => details.body && "json" in details.body && details.body.json;

export const list = (owner: string, ...ids: string[]): Route =>
  json({ object: "list", data: ids.map((id) => ({ id, object: "model", owned_by: owner })) });
