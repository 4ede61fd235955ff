/**
 * The llama.cpp server with one model. While it loads, every path answers 503 "Loading model"; that is its trouble in
 * timetable.ts. Shapes as in tools/server of llama.cpp.
 */
import { json, type Simulation } from "./simulated-server.ts";

const MODEL = "llama-3.2-3b-instruct-q4_k_m.gguf";

export const cpuLlama: Simulation = {
  id: "cpu_llama",
  probePath: "/health",
  latencyMs: 12,
  answer(path) {
    if (path === "/health" || path === "/v1/health") return json({ status: "ok" });
    if (path === "/props") return json({ total_slots: 2, model_path: MODEL, is_sleeping: false });
    if (path === "/v1/models") return json({ object: "list", data: [{ id: MODEL, object: "model", meta: null }] });
    return null;
  },
  unavailable: json({ error: { code: 503, message: "Loading model", type: "unavailable_error" } }, 503),
};
