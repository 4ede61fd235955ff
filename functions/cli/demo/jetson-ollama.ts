/**
 * Ollama with two models, one of them loaded on the GPU. Shapes as in Ollama 0.5: `/api/tags` lists what is pulled, `/api/ps`
 * what is loaded. Its trouble in timetable.ts is that nothing listens, as on a Jetson that reboots.
 */
import { json, type Simulation } from "./simulated-server.ts";

const PULLED_AT = "2026-09-14T08:12:31.402Z";

const model = (name: string, digest: string, { parameters, bytes }: { parameters: string; bytes: number }) => ({
  name,
  model: name,
  modified_at: PULLED_AT,
  size: bytes,
  digest: digest.padEnd(64, digest),
  details: {
    parent_model: "",
    format: "gguf",
    family: "llama",
    families: ["llama"],
    parameter_size: parameters,
    quantization_level: "Q4_K_M",
  },
});

const LARGE = model("llama3.2:3b", "a80c4f17acd5", { parameters: "3.2B", bytes: 2_019_393_189 });
const SMALL = model("llama3.2:1b", "baf6a787fdff", { parameters: "1.2B", bytes: 1_321_098_329 });

export const jetsonOllama: Simulation = {
  id: "jetson_ollama",
  probePath: "/api/tags",
  latencyMs: 60,
  answer(path) {
    if (path === "/") return { statusCode: 200, contentType: "text/plain; charset=utf-8", body: "Ollama is running" };
    if (path === "/api/version") return json({ version: "0.5.1" });
    if (path === "/api/tags") return json({ models: [LARGE, SMALL] });
    if (path === "/api/ps") return json({ models: [{ ...LARGE, size_vram: LARGE.size }] });
    return null;
  },
  unavailable: json({ error: "server busy, please try again.  maximum pending requests exceeded" }, 503),
};
