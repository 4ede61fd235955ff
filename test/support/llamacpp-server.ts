/**
 * A server of llama.cpp that keeps state, of one model that may sleep or a router of several: it does what the real one was seen to do
 * (build 11549, and 11434 as a router), also what a probe must never make it do, and counts that.
 * Invariant: what it counts as done to it is what a request made it do, never what a test set.
 */
import { createServer, type IncomingMessage } from "node:http";
import { listen } from "./loopback-server.ts";

export type ModelState = "unloaded" | "loading" | "loaded";

export interface LlamaServer {
  readonly url: string;
  /** Method and path of each request, in order. */
  readonly asked: string[];
  /** Set by tests at any time. */
  readonly state: {
    isLoading: boolean;
    isAsleep: boolean;
    /** It answers nothing but /health. */
    isMute: boolean;
    slots: { total: number; busy: number; decoded: number; task: number };
    /** By name; null: it is a server of one model. */
    models: Record<string, ModelState> | null;
    /** What a completion is answered with; null: never. */
    completion: number | null;
    timings: object;
    counters: { prompt: number; promptS: number; answer: number; answerS: number };
  };
  /** What requests have done to it. */
  readonly done: {
    wakes: number;
    loads: number;
    evictions: number;
    keptAwake: number;
    scrapes: number;
    completions: number;
  };
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const fault = (status: number, message: string): Answer => ({ status, body: { error: { code: status, message } } });

export async function startLlamaServer(): Promise<LlamaServer> {
  const asked: string[] = [];
  const state: LlamaServer["state"] = {
    isLoading: false,
    isAsleep: false,
    isMute: false,
    slots: { total: 2, busy: 0, decoded: 0, task: 0 },
    models: null,
    completion: 200,
    timings: { prompt_ms: 20.5, predicted_n: 1, predicted_ms: 0.001 },
    counters: { prompt: 0, promptS: 0, answer: 0, answerS: 0 },
  };
  const done = { wakes: 0, loads: 0, evictions: 0, keptAwake: 0, scrapes: 0, completions: 0 };
  const routes = routesOf(state, done);
  const answerTo = async (request: IncomingMessage): Promise<Answer | null> => {
    const { method = "", url = "" } = request;
    const { pathname, searchParams } = new URL(url, "http://127.0.0.1");
    const body = await readBody(request);
    if (state.isMute && pathname !== "/health") return null;
    if (state.isLoading) return fault(503, "Loading model");
    return (routes[`${method} ${pathname}`] ?? (() => fault(404, "File Not Found")))(searchParams, body);
  };
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    void answerTo(request).then((answer) => {
      if (answer === null) return undefined;
      const isText = typeof answer.body === "string";
      response.writeHead(answer.status, { "content-type": isText ? "text/plain" : "application/json" });
      return response.end(isText ? answer.body : JSON.stringify(answer.body));
    });
  });
  const { port, close } = await listen(server);
  return { url: `http://127.0.0.1:${port}`, asked, state, done, close };
}

type Route = (query: URLSearchParams, body: { model?: string }) => Answer | null;

function routesOf(state: LlamaServer["state"], done: LlamaServer["done"]): Record<string, Route> {
  /** Null: it may go on. What is asked of a router is asked of one of its models, which it loads for that. */
  const reach = (query: URLSearchParams, model = query.get("model")): Answer | null => {
    if (state.models === null) {
      if (state.isAsleep) done.wakes += 1;
      else done.keptAwake += 1;
      state.isAsleep = false;
      return null;
    }
    if (model === null) return fault(400, "model name is missing from the request");
    if (!(model in state.models)) return fault(400, `model '${model}' not found`);
    if (state.models[model] === "loaded") return null;
    if (query.get("autoload") === "false") return fault(400, "model is not loaded");
    done.loads += 1;
    for (const [name, each] of Object.entries(state.models)) {
      if (each === "loaded") done.evictions += 1;
      state.models[name] = "unloaded";
    }
    state.models[model] = "loaded";
    return null;
  };
  return {
    "GET /health": () => ok({ status: "ok" }),
    "GET /props": () => ok(propsOf(state)),
    "GET /models": () => ok({ data: modelsOf(state) }),
    "GET /slots": (query) => reach(query) ?? ok(slotsOf(state)),
    "GET /metrics": (query) => {
      const refused = state.models === null ? null : reach(query);
      done.scrapes += 1;
      return refused ?? ok(metricsOf(state));
    },
    "POST /completion": (query, { model }) => {
      done.completions += 1;
      if (state.completion === null) return null;
      if (state.completion !== 200) return fault(state.completion, "no");
      const refused = reach(query, model);
      if (refused) return refused;
      state.slots.task += 1;
      return ok({ content: "", timings: state.timings });
    },
  };
}

function propsOf({ models, isAsleep, slots }: LlamaServer["state"]): object {
  if (models) return { role: "router", models_autoload: true, build_info: "b11434-unknown" };
  const model = { model_alias: "tiny", model_path: "/var/models/tiny.gguf" };
  return { ...model, total_slots: slots.total, endpoint_slots: true, is_sleeping: isAsleep, build_info: "b11549-1" };
}

const modelsOf = ({ models }: LlamaServer["state"]) =>
  Object.entries(models ?? {}).map(([id, value]) => ({ id, status: { value, args: ["--api-key", "hunter22"] } }));

const slotsOf = ({ slots: { total, busy, decoded, task } }: LlamaServer["state"]) =>
  Array.from({ length: total }, (_, id) => ({
    id,
    is_processing: id < busy,
    id_task: task + id,
    ...(id < busy && { prompt: "hunter22", next_token: [{ n_decoded: decoded }] }),
  }));

const metricsOf = ({ counters: { prompt, promptS, answer, answerS } }: LlamaServer["state"]): string => `\
# TYPE llamacpp:prompt_tokens_total counter
llamacpp:prompt_tokens_total ${prompt}
llamacpp:prompt_seconds_total ${promptS}
llamacpp:tokens_predicted_total ${answer}
llamacpp:tokens_predicted_seconds_total ${answerS}
llamacpp:predicted_tokens_seconds 99
`;

async function readBody(request: IncomingMessage): Promise<{ model?: string }> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  return text === "" ? {} : (JSON.parse(text) as { model?: string });
}
