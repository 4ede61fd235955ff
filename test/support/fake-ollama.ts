/**
 * An Ollama on a fake clock that keeps the state which a real one was seen to keep (0.17.4, November 2026), and counts what probes change in it.
 * Lists change nothing · a call sets back the clock of its model, with the keep_alive of the model unless it brings one · another num_ctx loads
 * the model anew · the list of loaded models keeps one whose runner has died, and lacks one that is loading · a full queue refuses what needs a
 * load, while a loaded model makes its callers wait in silence · bound to loopback it refuses foreign names · a crash in a stream is HTTP 200.
 */
import type { FakeClock } from "./fake-clock.ts";

export interface FakeModel {
  readonly name: string;
  /** Makes embeddings only, and its list tells. */
  readonly embedding?: boolean;
  /** The same, and its list does not tell. */
  readonly refusesText?: boolean;
  /** What it loads to, 0 … 1; changed at any time, for the next load. */
  gpuShare: number;
}

export interface Call {
  readonly path: string;
  readonly host?: string;
  readonly body?: Record<string, unknown>;
  readonly by: "probe" | "user";
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Runner {
  readonly model: FakeModel;
  readonly numCtx: number;
  readonly gpuShare: number;
  keepAliveMs: number;
  /** Null: it has never been idle. */
  expiresAtMs: number | null;
  /** When it would have expired without probes. */
  ownExpiresAtMs: number;
  active: number;
  dead: boolean;
  wedged: boolean;
  /** It has one place; who waits for it, in order. */
  isTaken: boolean;
  readonly waiting: Set<() => void>;
  /** Who is to be told when it dies. */
  readonly mourners: Set<() => void>;
  disarm: () => void;
}

export interface FakeOllamaOptions {
  readonly models: readonly FakeModel[];
  readonly defaultContext?: number;
  readonly mostLoaded?: number;
  readonly mostQueued?: number;
  readonly tokenMs?: number;
  readonly loadMs?: number;
}

type Outcome = "done" | "crashed" | "cancelled";

const NEVER_MS = 9_223_372_036_854; // Go's longest duration
const DEFAULT_KEEP_ALIVE_MS = 300_000;
const SIZE = 1_000_000_000;
const CRASHED = "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error";
const FULL = "server busy, please try again.  maximum pending requests exceeded";

const said = (status: number, error: string): Answer => ({ status, body: JSON.stringify({ error }) });
const json = (value: unknown): Answer => ({ status: 200, body: JSON.stringify(value) });

export class FakeOllama {
  /** By probes. A pin: it set back the clock of a model that nobody but probes kept loaded. Revivals: loads of one that was listed, but dead. */
  readonly changes = { loads: 0, unloads: 0, reloads: 0, evictions: 0, pins: 0, revivals: 0 };
  isMute = false; // set by tests: what is loaded is not told
  readonly asked = new Map<string, number>();
  readonly #clock: FakeClock;
  readonly #options: Required<FakeOllamaOptions>;
  readonly #runners = new Map<string, Runner>();
  #queued = 0;

  constructor(clock: FakeClock, options: FakeOllamaOptions) {
    this.#clock = clock;
    this.#options = { defaultContext: 4_096, mostLoaded: 3, mostQueued: 512, tokenMs: 50, loadMs: 2_000, ...options };
  }

  get loaded(): string[] {
    return [...this.#runners.keys()];
  }

  /** Its runner dies; whoever waits for it is told, nobody else is. */
  crash(name: string): void {
    const runner = this.#runners.get(name);
    if (!runner) throw new Error(`${name} is not loaded`);
    runner.dead = true;
    for (const tell of runner.mourners) tell();
  }

  /** It takes calls and never answers them. */
  wedge(name: string, wedged = true): void {
    const runner = this.#runners.get(name);
    if (!runner) throw new Error(`${name} is not loaded`);
    runner.wedged = wedged;
  }

  async answer(call: Call): Promise<Answer> {
    this.asked.set(call.path, (this.asked.get(call.path) ?? 0) + 1);
    if (!isFamiliar(call.host ?? "127.0.0.1")) return { status: 403, body: "" };
    switch (call.path) {
      case "/api/tags":
        return json({ models: this.#options.models.map((model) => listed(model)) });
      case "/api/ps":
        if (this.isMute) return new Promise(() => {});
        return json({ models: [...this.#runners.values()].map((runner) => this.#residency(runner)) });
      case "/api/version":
        return json({ version: "0.17.4" });
      case "/api/generate":
      case "/api/embed":
        return this.#generate(call);
      default:
        return { status: 404, body: "404 page not found" };
    }
  }

  async #generate(call: Call): Promise<Answer> {
    const { body = {} } = call;
    const model = this.#options.models.find(({ name }) => name === body["model"]);
    if (!model) return said(404, `model '${String(body["model"])}' not found`);
    if (body["keep_alive"] === 0) return this.#unload(model, call);
    const makesText = !model.embedding && !model.refusesText;
    if (!makesText && call.path === "/api/generate") return said(400, `"${model.name}" does not support generate`);
    const runner = await this.#runnerFor(model, call);
    if (!runner) return said(503, FULL);
    if (body["keep_alive"] !== undefined) runner.keepAliveMs = keepAliveMs(body["keep_alive"]);
    return this.#run(runner, call);
  }

  async #runnerFor(model: FakeModel, { body, by }: Call): Promise<Runner | null> {
    const options = (body?.["options"] ?? {}) as { num_ctx?: number };
    const numCtx = options.num_ctx ?? this.#options.defaultContext;
    const loaded = this.#runners.get(model.name);
    if (loaded && !loaded.dead && loaded.numCtx === numCtx) return loaded;
    if (this.#queued >= this.#options.mostQueued) return null;
    this.#queued += 1;
    this.#count(by, loaded ? (loaded.dead ? "revivals" : "reloads") : "loads");
    if (loaded) this.#remove(loaded);
    await this.#makeRoom(by);
    await this.#clock.sleep(this.#options.loadMs);
    this.#queued -= 1;
    const runner = { ...newRunner(model, numCtx), ...(loaded && { ownExpiresAtMs: loaded.ownExpiresAtMs }) };
    this.#runners.set(model.name, runner);
    return runner;
  }

  async #makeRoom(by: Call["by"]): Promise<void> {
    while (this.#runners.size >= this.#options.mostLoaded) {
      const idle = [...this.#runners.values()].filter(({ active }) => active === 0);
      const [first] = idle.sort((one, other) => one.keepAliveMs - other.keepAliveMs);
      if (first) {
        this.#count(by, "evictions");
        this.#remove(first);
      } else await this.#clock.sleep(1_000);
    }
  }

  /** Waits for the one place, generates, and sets back the clock. */
  async #run(runner: Runner, call: Call): Promise<Answer> {
    const { options = {} } = (call.body ?? {}) as { options?: { num_predict?: number } };
    const startedMs = this.#clock.nowMs();
    runner.active += 1;
    runner.disarm();
    const tokens = options.num_predict ?? 100;
    const outcome = await this.#hold(runner, tokens, call.signal);
    runner.active -= 1;
    if (call.by === "user") runner.ownExpiresAtMs = this.#clock.nowMs() + runner.keepAliveMs;
    if (runner.active === 0) this.#arm(runner, call.by);
    if (outcome === "crashed") return this.#told(call);
    const total = (this.#clock.nowMs() - startedMs) * 1e6;
    const durations = { total_duration: total, load_duration: 2e6, prompt_eval_duration: this.#options.tokenMs * 1e6 };
    // As it is with a single token: its duration is 0, and left out.
    const evaluated = tokens > 1 ? { eval_duration: (tokens - 1) * this.#options.tokenMs * 1e6 } : {};
    return json({
      model: runner.model.name,
      response: "x",
      done: true,
      eval_count: tokens,
      ...durations,
      ...evaluated,
    });
  }

  #told({ body }: Call): Answer {
    if (body?.["stream"] === false) return said(500, CRASHED);
    return { status: 200, body: '{"response":"5","done":false}\n{"error":"unexpected EOF"}\n' };
  }

  async #hold(runner: Runner, tokens: number, signal: AbortSignal | undefined): Promise<Outcome> {
    if (runner.isTaken) {
      const outcome = await this.#until(runner, signal, (done) => {
        runner.waiting.add(done);
        return () => runner.waiting.delete(done);
      });
      if (outcome !== "done") return outcome;
    }
    runner.isTaken = true;
    const outcome = await this.#until(runner, signal, (done) =>
      runner.wedged ? () => {} : this.#clock.after((tokens + 1) * this.#options.tokenMs, done),
    );
    const [next] = runner.waiting;
    if (next) next();
    else runner.isTaken = false;
    return outcome;
  }

  /** Ends with what comes first. `begin` gives back how to end it. */
  #until(runner: Runner, signal: AbortSignal | undefined, begin: (done: () => void) => () => void): Promise<Outcome> {
    return new Promise((resolve) => {
      const end = (outcome: Outcome) => () => {
        stop();
        runner.mourners.delete(crashed);
        signal?.removeEventListener("abort", cancelled);
        resolve(outcome);
      };
      const crashed = end("crashed");
      const cancelled = end("cancelled");
      const stop = begin(end("done"));
      runner.mourners.add(crashed);
      signal?.addEventListener("abort", cancelled);
    });
  }

  #arm(runner: Runner, by: Call["by"]): void {
    const nowMs = this.#clock.nowMs();
    if (by === "probe" && nowMs > runner.ownExpiresAtMs) this.changes.pins += 1;
    runner.expiresAtMs = nowMs + runner.keepAliveMs;
    runner.disarm = this.#clock.after(runner.keepAliveMs, () => this.#remove(runner));
  }

  #unload(model: FakeModel, { by }: Call): Answer {
    const runner = this.#runners.get(model.name);
    if (runner) {
      this.#count(by, "unloads");
      this.#remove(runner);
    }
    return json({ model: model.name, response: "", done: true, done_reason: "unload" });
  }

  #remove(runner: Runner): void {
    runner.disarm();
    if (this.#runners.get(runner.model.name) === runner) this.#runners.delete(runner.model.name);
  }

  #count(by: Call["by"], change: keyof FakeOllama["changes"]): void {
    if (by === "probe") this.changes[change] += 1;
  }

  #residency(runner: Runner): unknown {
    const expiresAtMs = runner.expiresAtMs ?? this.#clock.nowMs() + runner.keepAliveMs;
    return {
      ...listed(runner.model),
      size: SIZE,
      size_vram: Math.round(SIZE * runner.gpuShare),
      expires_at: new Date(expiresAtMs).toISOString(),
      context_length: runner.numCtx,
    };
  }
}

function listed({ name, embedding }: FakeModel) {
  const family = embedding ? "nomic-bert" : "llama";
  const details = { format: "gguf", family, parameter_size: "3.2B", quantization_level: "Q4_K_M" };
  return { name, model: name, size: SIZE / 2, digest: `sha256-of-${name}`, details };
}

function newRunner(model: FakeModel, numCtx: number): Runner {
  return {
    model,
    numCtx,
    gpuShare: model.gpuShare,
    keepAliveMs: DEFAULT_KEEP_ALIVE_MS,
    expiresAtMs: null,
    ownExpiresAtMs: -Infinity,
    active: 0,
    dead: false,
    wedged: false,
    isTaken: false,
    waiting: new Set(),
    mourners: new Set(),
    disarm: () => {},
  };
}

function keepAliveMs(written: unknown): number {
  const seconds = Number(written);
  return seconds < 0 ? NEVER_MS : seconds * 1_000;
}

function isFamiliar(host: string): boolean {
  return /^[\d.]+$/.test(host) || /^(localhost|.*\.(local|internal|localhost))$/.test(host);
}
