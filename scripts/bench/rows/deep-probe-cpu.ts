/**
 * CPU time of one probe that looks into its server, against a plain http probe of the same server: a deep probe asks more than one question
 * and reads the answers. Both as the service makes them, on fresh connections, each in a process that does nothing else.
 * To add a check type: an entry of DEEP with what such a server answers when it is well.
 */
import { readFileSync } from "node:fs";
import { serveLoopback } from "../loopback.ts";
import type { CallCost, CallOrder } from "../processes/measure-calls.ts";
import { bundleProgram } from "../programs.ts";
import { figures, pairedRounds, type MeasureRow } from "../row.ts";

interface DeepType {
  /** Where a plain probe asks. */
  readonly plainPath: string;
  /** Where the deep one does. Default: at the origin, it knows what lies below. */
  readonly deepPath?: string;
  /** Text, or what becomes JSON, by path. */
  readonly answers: Readonly<Record<string, unknown>>;
}

const BAR = { atMost: 2.5 };
const TURNS = { warmUps: 3, rounds: 21 };
const CALLS = 400;

const details = {
  format: "gguf",
  family: "llama",
  families: ["llama"],
  parameter_size: "7B",
  quantization_level: "Q4_K_M",
};
const ollamaModel = (_: unknown, index: number) => ({
  name: `model-${index}:7b-instruct`,
  model: `model-${index}:7b-instruct`,
  modified_at: "2026-11-29T16:35:36.650747249Z",
  size: 4_108_916_866,
  digest: index.toString(16).padStart(64, "61e88e88"),
  details,
});
const OLLAMA_MODELS = Array.from({ length: 14 }, ollamaModel);
const loaded = { size_vram: 4_108_916_866, expires_at: "2319-03-11T16:28:12.502170388Z", context_length: 4_096 };

/** As long as the real one with the template of Llama 3.2, 5 kB, which is most of it. */
const PROPS = {
  default_generation_settings: { params: { samplers: ["top_k", "top_p", "temperature"], seed: 1 }, n_ctx: 2_048 },
  total_slots: 4,
  model_alias: "tiny",
  model_path: "models/tiny.gguf",
  chat_template: "{{ message }}".repeat(400),
  is_sleeping: false,
  build_info: "b11549",
};
const openaiModel = ({ name }: { name: string }) => ({
  id: name,
  object: "model",
  created: 1_795_970_138,
  owned_by: "vllm",
});

/** Of HAProxy 2.6 with three backends and two frontends. */
const STATISTICS = readFileSync(new URL("../haproxy-statistics.csv", import.meta.url), "utf8");
const bytes = (percent: number) => ({ total_bytes: 8_192_000_000, free_bytes: 4_096_000_000, percent });

const DEEP: Readonly<Record<string, DeepType>> = {
  ollama: {
    plainPath: "/api/tags",
    answers: {
      "/api/tags": { models: OLLAMA_MODELS },
      "/api/ps": { models: OLLAMA_MODELS.slice(0, 2).map((model) => ({ ...model, ...loaded })) },
      "/api/version": { version: "0.17.4" },
    },
  },
  llamacpp: { plainPath: "/health", answers: { "/health": { status: "ok" }, "/props": PROPS } },
  openai: {
    plainPath: "/v1/models",
    answers: { "/v1/models": { object: "list", data: OLLAMA_MODELS.map(openaiModel) }, "/health": {} },
  },
  embeddings: { plainPath: "/health", answers: { "/health": { status: "healthy", memory_usage_percent: 45.2 } } },
  haproxy: {
    plainPath: "/health",
    deepPath: "/stats;csv",
    answers: { "/health": "<html><body><h1>200 OK</h1></body></html>", "/stats;csv": STATISTICS },
  },
  node: {
    plainPath: "/health",
    answers: {
      "/health": { status: "healthy" },
      "/stats": { cpu_percent: 12.5, memory: bytes(50), disk: bytes(61.2), load_1m: 0.4, temperature_c: 51.5 },
    },
  },
};

export const deepProbeCpu: MeasureRow = async (children) => {
  const program = await bundleProgram(children, "whole-probe");
  const lines = [];
  for (const [checkType, { plainPath, deepPath = "", answers }] of Object.entries(DEEP)) {
    const bodies = new Map(
      Object.entries(answers).map(([path, answer]) => [
        path,
        Buffer.from(typeof answer === "string" ? answer : JSON.stringify(answer)),
      ]),
    );
    const { origin, close } = await serveLoopback(({ url = "" }, response) => {
      const body = bodies.get(url);
      const type = typeof answers[url] === "string" ? "text/plain" : "application/json";
      const headers = { "content-type": type, "content-length": body?.byteLength ?? 0 };
      response.writeHead(body ? 200 : 404, headers).end(body);
    });
    children.defer(close);
    const side = async (keys: object) => {
      const { order } = await children.start<CallOrder, CallCost>(program, { args: [JSON.stringify(keys)] });
      return () => order({ count: CALLS });
    };
    const ours = await side({ check_type: checkType, url: origin + deepPath });
    const pairs = await pairedRounds(TURNS, { ours, reference: await side({ url: origin + plainPath }) });
    const rounds = figures(pairs, ({ cpuUsPerCall }) => cpuUsPerCall);
    lines.push({ what: `CPU a probe of check_type ${checkType}, against a plain one`, unit: "µs", bar: BAR, rounds });
  }
  return lines;
};
