/**
 * The configuration of the demo cluster: the seed's six services at the addresses the simulators got.
 * Used by node-service.ts when there is no cluster.yaml. Invariant: it goes through the same parser as a real one.
 */
import type { DemoServices } from "../../shared/node/demo-cluster.ts";
import type { ConfigurationSource } from "./load-configuration.ts";

export const DEMO_NOTICE =
  "DEMO: these are simulated services on this machine that misbehave on purpose. Write a cluster.yaml to watch your own.";

/** Quicker than the defaults, so that a newcomer sees a change within the first minute. */
const INTERVALS = { critical: 5, non_critical: 10, degraded: 3, unhealthy: 2 };

export function demoConfiguration(addresses: DemoServices): ConfigurationSource {
  const { jetson_ollama, cpu_llama, embeddings, tools, haproxy, redis } = addresses;
  const config = {
    intervals: INTERVALS,
    services: {
      jetson_ollama: {
        name: "Jetson Ollama Server",
        url: jetson_ollama.url,
        critical: true,
        timeout: 15,
        slow_after: 1,
      },
      cpu_llama: { name: "CPU Llama.cpp Server", url: cpu_llama.url, critical: false, timeout: 10 },
      embeddings: { name: "Embeddings Server", url: embeddings.url, critical: true, timeout: 10, slow_after: 1 },
      tools: { name: "Tools Server", url: tools.url, critical: true, timeout: 3 },
      haproxy: { name: "HAProxy Load Balancer", url: haproxy.url, critical: true, timeout: 5 },
      redis: { name: "Redis Cache", host: redis.host, check_type: "redis", critical: true, timeout: 5 },
    },
  };
  return { name: "demo cluster", notice: DEMO_NOTICE, read: async () => JSON.stringify(config) };
}
