/**
 * The configuration of the demo cluster: the seed's six services at the addresses the simulators got.
 * Used by main.ts, which hands it to whoever runs the demo. Invariant: it goes through the same parser as a real one.
 */

export const DEMO_NOTICE =
  "DEMO: these are simulated services on this machine that misbehave on purpose. Write a cluster.yaml to watch your own.";

/** Quicker than the defaults, so that a newcomer sees a change within the first minute. */
const INTERVALS = { critical: 5, non_critical: 10, degraded: 3, unhealthy: 2 };

/** Where the simulators are: URLs to probe, and `host:port` of Redis. */
export interface DemoAddresses {
  readonly jetsonOllama: string;
  readonly cpuLlama: string;
  readonly embeddings: string;
  readonly tools: string;
  readonly haproxy: string;
  readonly redis: string;
}

export function demoConfiguration(at: DemoAddresses): string {
  const services = {
    jetson_ollama: {
      name: "Jetson Ollama Server",
      url: at.jetsonOllama,
      critical: true,
      timeout: 15,
      slow_after: 1,
    },
    cpu_llama: { name: "CPU Llama.cpp Server", url: at.cpuLlama, critical: false, timeout: 10 },
    embeddings: { name: "Embeddings Server", url: at.embeddings, critical: true, timeout: 10, slow_after: 1 },
    tools: { name: "Tools Server", url: at.tools, critical: true, timeout: 3 },
    haproxy: { name: "HAProxy Load Balancer", url: at.haproxy, critical: true, timeout: 5 },
    redis: { name: "Redis Cache", host: at.redis, check_type: "redis", critical: true, timeout: 5 },
  };
  return JSON.stringify({ intervals: INTERVALS, services });
}
