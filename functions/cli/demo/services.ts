/**
 * The HTTP servers of the demo cluster: how each is watched, what it says when it is well, and what it says to everything while it
 * is unavailable. When that is, and what else goes wrong with it, is in timetable.ts. main.ts starts them all.
 */
import { haproxyStatistics } from "./haproxy-statistics.ts";
import { faultAt, type DemoServiceId } from "./timetable.ts";

export interface Answer {
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: string;
}

/** One kind of server: what it says, not when. */
export interface Simulation {
  /** The keys of its service in the configuration, beside `url`. */
  readonly watched: Readonly<Record<string, unknown>>;
  readonly probePath: string;
  readonly latencyMs: number;
  /** What it answers when it is well, by path. */
  answers(elapsedS: number): Readonly<Record<string, Answer>>;
  readonly unavailable: Answer;
  /** What it answers at some paths even then. */
  unavailableAt?(elapsedS: number): Readonly<Record<string, Answer>>;
  /** Where it is asked as well (`health_url`). */
  readonly healthPath?: string;
}

export function json(value: unknown, statusCode = 200): Answer {
  return { statusCode, contentType: "application/json", body: JSON.stringify(value) };
}

/** What `/api/tags` of Ollama lists. */
const ollamaModel = (name: string, digest: string, { parameters, bytes }: { parameters: string; bytes: number }) => ({
  name,
  model: name,
  modified_at: "2026-09-14T08:12:31.402Z",
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

const LARGE = ollamaModel("llama3.2:3b", "a80c4f17acd5", { parameters: "3.2B", bytes: 2_019_393_189 });
const SMALL = ollamaModel("llama3.2:1b", "baf6a787fdff", { parameters: "1.2B", bytes: 1_321_098_329 });
const KEEP_ALIVE_MS = 300_000;

/** Somebody uses it all the time. */
const residency = (gpuShare: number) => ({
  ...LARGE,
  size_vram: LARGE.size * gpuShare,
  expires_at: new Date(Date.now() + KEEP_ALIVE_MS).toISOString(),
  context_length: 4_096,
});
const ONE_TOKEN = {
  model: "llama3.2:3b",
  response: "!",
  done: true,
  done_reason: "length",
  total_duration: 96_418_220,
  load_duration: 21_055_118,
  prompt_eval_count: 2,
  prompt_eval_duration: 48_210_004,
  eval_count: 1,
};
const LLAMA_CPP_MODEL = "llama-3.2-3b-instruct-q4_k_m.gguf";
const LLAMA_CPP_PROPS = {
  total_slots: 2,
  model_alias: LLAMA_CPP_MODEL,
  model_path: LLAMA_CPP_MODEL,
  default_generation_settings: { n_ctx: 4_096 },
  endpoint_slots: true,
  build_info: "b11549-3f2a9c1",
  is_sleeping: false,
};

/** Writes for half a minute, rests for half a minute. */
function llamaSlot(id: number, elapsedS: number): object {
  const slot = { id, n_ctx: 4_096, is_processing: elapsedS % 60 < 30, id_task: Math.floor(elapsedS / 60) };
  return { ...slot, next_token: [{ n_decoded: slot.is_processing ? Math.floor(elapsedS % 60) * 8 : 0 }] };
}

const csv = (body: string): Answer => ({ statusCode: 200, contentType: "text/plain", body });

const page = (statusCode: number, title: string, text: string): Answer => ({
  statusCode,
  contentType: "text/html",
  body: `<html><body><h1>${statusCode} ${title}</h1>\n${text}\n</body></html>\n`,
});

export const SERVICES: Readonly<Record<Exclude<DemoServiceId, "redis">, Simulation>> = {
  /** Two models, one of them loaded and in use. Shapes as in Ollama 0.17: `/api/tags` lists what is pulled, `/api/ps` what is loaded. */
  jetson_ollama: {
    watched: {
      name: "Jetson Ollama Server",
      critical: true,
      check_type: "ollama",
      timeout: 15,
      slow_after: 1,
      models: ["llama3.2:3b"],
      canary: {},
      restart: "sudo systemctl restart ollama",
    },
    probePath: "/api/tags",
    latencyMs: 60,
    answers: (elapsedS) => ({
      "/": { statusCode: 200, contentType: "text/plain; charset=utf-8", body: "Ollama is running" },
      "/api/version": json({ version: "0.17.4" }),
      "/api/tags": json({ models: [LARGE, SMALL] }),
      "/api/ps": json({ models: [residency(faultAt("jetson_ollama", elapsedS)?.kind === "on_cpu" ? 0 : 1)] }),
      "/api/generate": json(ONE_TOKEN),
    }),
    unavailable: json({ error: "server busy, please try again.  maximum pending requests exceeded" }, 503),
  },
  /** One model, two slots, of which one works now and then; while it loads, every path answers 503. Shapes as in tools/server of llama.cpp. */
  cpu_llama: {
    watched: { name: "CPU Llama.cpp Server", check_type: "llamacpp", slots: true, critical: false, timeout: 10 },
    probePath: "/health",
    latencyMs: 12,
    answers: (elapsedS) => ({
      "/health": json({ status: "ok" }),
      "/v1/health": json({ status: "ok" }),
      "/props": json(LLAMA_CPP_PROPS),
      "/slots": json([llamaSlot(0, elapsedS), { id: 1, n_ctx: 4_096, is_processing: false }]),
      "/v1/models": json({ object: "list", data: [{ id: LLAMA_CPP_MODEL, object: "model", meta: null }] }),
    }),
    unavailable: json({ error: { code: 503, message: "Loading model", type: "unavailable_error" } }, 503),
  },
  /** Says how full its memory is: 45 % ± 3, as a cache fills and empties. */
  embeddings: {
    watched: { name: "Embeddings Server", critical: true, timeout: 10, slow_after: 1 },
    probePath: "/health",
    latencyMs: 25,
    answers: (elapsedS) => {
      const percent = Math.round((45 + 3 * Math.sin(elapsedS / 40)) * 10) / 10;
      return { "/health": json({ status: "healthy", memory_usage_percent: percent }) };
    },
    unavailable: json({ status: "unhealthy" }, 503),
  },
  /** Web search and the like. */
  tools: {
    watched: { name: "Tools Server", critical: true, timeout: 3 },
    probePath: "/health",
    latencyMs: 18,
    answers: () => ({ "/health": json({ status: "healthy" }) }),
    unavailable: json({ status: "unhealthy" }, 503),
  },
  /**
   * HAProxy: statistics as CSV, and a `monitor-uri` with text, not JSON, as in HAProxy 2.6. Unavailable is a backend without a server, and
   * `monitor fail` for it.
   */
  haproxy: {
    watched: {
      name: "HAProxy Load Balancer",
      check_type: "haproxy",
      critical: true,
      timeout: 5,
      depends_on: ["jetson_ollama", "cpu_llama"],
    },
    probePath: "/haproxy_stats;csv",
    healthPath: "/health",
    latencyMs: 2,
    answers: (elapsedS) => ({
      "/health": page(200, "OK", "Service ready."),
      "/haproxy_stats": page(200, "OK", "Statistics Report"),
      "/haproxy_stats;csv": csv(haproxyStatistics(elapsedS, true)),
    }),
    unavailable: page(503, "Service Unavailable", "No server is available to handle this request."),
    unavailableAt: (elapsedS) => ({ "/haproxy_stats;csv": csv(haproxyStatistics(elapsedS, false)) }),
  },
};
