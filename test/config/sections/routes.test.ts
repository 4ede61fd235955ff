/** `routes`: what is written, and what follows from the services where nothing is. */
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../shared/config/parse-config.ts";
import type { Routes } from "../../../shared/domain/routing/endpoint.ts";
import { CHANNEL_TYPES } from "../../../shared/notify/registry.ts";
import { NODE_ABILITIES } from "../../../shared/domain/runtime-abilities.ts";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../../../shared/probes/registry.ts";

const options = {
  checkTypes: CHECK_TYPES,
  defaultCheckType: DEFAULT_CHECK_TYPE,
  channelTypes: CHANNEL_TYPES,
  defaultNode: "here",
  abilities: NODE_ABILITIES,
  resolveReference: () => "hunter2",
};

function read(file: object): Routes | readonly string[] {
  const result = parseConfig(JSON.stringify(file), options);
  return result.ok ? result.config.routes : result.faults.map(({ path, expected }) => `${path}: ${expected}`);
}

const JETSON = { url: "http://192.168.1.177:11434/api/tags" };
const CPU = { url: "http://192.168.1.81:8080/health" };
const derived = (id: string, tier: number, more: object) => {
  return { id, tier, api: "openai", models: null, members: null, ...more };
};

describe("without routes", () => {
  it("the services of the first cluster are called as they were, Jetson, CPU, balancer, also by plain checks", () => {
    const services = {
      jetson_ollama: JETSON,
      cpu_llama: CPU,
      embeddings: { url: "http://192.168.1.178:8081/health" },
      tools: { url: "http://192.168.1.105:8082/health" },
      haproxy: { url: "http://192.168.1.81:8888/health", depends_on: ["jetson_ollama", "cpu_llama"] },
      redis: { check_type: "redis", host: "192.168.1.81:6379" },
    };
    expect(read({ services })).toEqual({
      llm: [
        derived("jetson_ollama", 1, { url: "http://192.168.1.177:11434", api: "ollama" }),
        derived("cpu_llama", 2, { url: "http://192.168.1.81:8080" }),
        derived("haproxy", 3, { url: "http://192.168.1.81:9000", members: ["jetson_ollama", "cpu_llama"] }),
      ],
      embeddings: [derived("embeddings", 1, { url: "http://192.168.1.178:8081" })],
    });
  });

  it("check types and paths say what a service is for", () => {
    const services = {
      gpu: { check_type: "ollama", url: "http://gpu:11434" },
      tags: JETSON,
      rack: { check_type: "llamacpp", url: "http://[fd00::1]:8080" },
      vllm: { check_type: "openai", url: "http://vllm:8000/v1" },
      vectors: { check_type: "embeddings", url: "http://gpu:11434", api: "ollama" },
      balancer: { check_type: "haproxy", url: "http://lb:9000/haproxy_stats;csv" },
      web: { url: "http://web/health" },
    };
    expect(read({ services })).toEqual({
      llm: [
        derived("gpu", 1, { url: "http://gpu:11434", api: "ollama" }),
        derived("tags", 1, { url: "http://192.168.1.177:11434", api: "ollama" }),
        derived("rack", 2, { url: "http://[fd00::1]:8080" }),
        derived("vllm", 2, { url: "http://vllm:8000" }),
        derived("balancer", 3, { url: "http://lb:9000", members: [] }),
      ],
      embeddings: [derived("vectors", 1, { url: "http://gpu:11434", api: "ollama" })],
    });
  });

  it("a balancer alone is called for nothing", () => {
    expect(read({ services: { lb: { check_type: "haproxy", url: "http://lb:9000/;csv" }, web: CPU } })).toEqual({});
  });
});

describe("routes", () => {
  const services = { jetson: JETSON, cpu: CPU, cache: { check_type: "redis", host: "192.168.1.81:6379" } };

  it("are what is written, in tiers by their places; a key alone is enough", () => {
    const routes = {
      llm: [
        { service: "jetson", models: ["llama3.2:3b"] },
        "cpu",
        { service: "cache", tier: 1, api: "openai", url: "http://192.168.1.81:4000/v1/", models: { chat: "gpt-4o" } },
      ],
      vision: ["cpu"],
    };
    expect(read({ services, routes })).toEqual({
      llm: [
        derived("jetson", 1, {
          url: "http://192.168.1.177:11434",
          api: "ollama",
          models: [{ name: "llama3.2:3b", own: "llama3.2:3b" }],
        }),
        derived("cpu", 2, { url: "http://192.168.1.81:8080" }),
        derived("cache", 1, { url: "http://192.168.1.81:4000", models: [{ name: "chat", own: "gpt-4o" }] }),
      ],
      vision: [derived("cpu", 1, { url: "http://192.168.1.81:8080" })],
    });
  });

  it.each<[string, object, string]>([
    ["a service that is none", { llm: ["jetsom"] }, "jetson"],
    ["one twice", { llm: ["cpu", "cpu"] }, "routes.llm[1]: a service that does not stand in this list already"],
    ["one without a URL", { llm: ["cache"] }, "routes.llm[0].url: a URL, as the service has none"],
    ["a URL with a password", { llm: [{ service: "cpu", url: "http://u:p@a" }] }, "no credentials in the URL"],
    ["a URL with a query", { llm: [{ service: "cpu", url: "http://a/?key=1" }] }, "without a query"],
    ["a URL with a secret", { llm: [{ service: "cpu", url: "http://${HOST}/" }] }, "without references"],
    ["an empty list", { llm: [] }, "routes.llm"],
    ["no models", { llm: [{ service: "cpu", models: [] }] }, "models"],
    ["an unknown key", { llm: [{ service: "cpu", weight: 3 }] }, "weight"],
  ])("are refused with %s", (_, routes, expected) => {
    const faults = JSON.stringify(read({ services, routes }));
    expect(faults).toContain(expected);
    expect(faults).not.toContain("hunter2");
  });
});
