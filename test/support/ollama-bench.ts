/**
 * The probe of a service on a fake Ollama and a fake clock, again and again, with what each leaves for the next.
 */
import type { Json } from "../../shared/domain/monitoring/check.ts";
import { redactNothing } from "../../shared/domain/text/redact.ts";
import type { HttpTransport } from "../../shared/ports/http-transport.ts";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { showFinding } from "../../shared/usecases/probing/show-finding.ts";
import { T0 } from "./checks.ts";
import { configureRawProbe, type Settings } from "./configured-probe.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeOllama, type FakeModel, type FakeOllamaOptions } from "./fake-ollama.ts";

const PROBE_TIMEOUT_MS = 10_000;

/** What is asked of it is cancelled when its time is up, as a closed connection does. */
function transportTo(ollama: FakeOllama, clock: FakeClock): HttpTransport {
  return {
    async exchange({ target, body, timeoutMs }) {
      const startedMs = clock.monotonicMs();
      const cancel = new AbortController();
      const { hostname: host, pathname: path } = new URL(target.href);
      const asked = ollama.answer({
        path,
        host,
        ...(body !== null && { body: JSON.parse(body) }),
        by: "probe",
        signal: cancel.signal,
      });
      const late = new Promise<null>((resolve) => {
        const disarm = clock.after(timeoutMs, () => resolve(null));
        void asked.then(disarm);
      });
      const answer = await Promise.race([asked, late]);
      const exchanged = { durationMs: clock.monotonicMs() - startedMs, timings: {} };
      if (answer === null) {
        cancel.abort();
        return { kind: "failure", reason: "deadline_response", message: "Request timed out", ...exchanged };
      }
      const headers = { "content-type": "application/json", date: new Date(clock.nowMs()).toUTCString() };
      const bytes = new TextEncoder().encode(answer.body);
      return { kind: "response", statusCode: answer.status, headers, body: bytes, truncated: false, ...exchanged };
    },
  };
}

interface OllamaBench {
  /** One probe, as much time as it takes, and what it found. */
  probe(): Promise<ReturnType<typeof showFinding>>;
  /** The largest that was ever left, in bytes. */
  readonly left: { memory: number; baseline: number; baselineWrites: number };
}

function ollamaBench(ollama: FakeOllama, clock: FakeClock, settings: Settings = {}): OllamaBench {
  const ask = configureRawProbe(CHECK_TYPES.ollama, { url: "http://10.0.0.7:11434", ...settings });
  const http = transportTo(ollama, clock);
  const left = { memory: 0, baseline: 0, baselineWrites: 0 };
  let memory: Json = null;
  let baseline: Json = null;
  return {
    left,
    async probe() {
      const context = { clock, http, resolveName: null, timeoutMs: PROBE_TIMEOUT_MS, previous: null, memory };
      const asked = ask({ ...context, baseline: async () => baseline, redact: redactNothing });
      let isDone = false;
      void asked.then(() => (isDone = true));
      for (let turn = 0; !isDone && turn < 500; turn += 1) await clock.advance(turn === 0 ? 0 : 100);
      const finding = await asked;
      if (finding.memory !== undefined) memory = copy(finding.memory);
      if (finding.baseline !== undefined && JSON.stringify(finding.baseline) !== JSON.stringify(baseline)) {
        baseline = copy(finding.baseline);
        left.baselineWrites += 1;
      }
      left.memory = Math.max(left.memory, JSON.stringify(memory).length);
      left.baseline = Math.max(left.baseline, JSON.stringify(baseline).length);
      const { memory: _memory, baseline: _baseline, ...seen } = finding;
      return showFinding(seen, redactNothing);
    },
  };
}

const copy = (value: Json): Json => JSON.parse(JSON.stringify(value));

export const NO_CHANGES = { loads: 0, unloads: 0, reloads: 0, evictions: 0, pins: 0, revivals: 0 };

export const model = (name: string, more: Partial<FakeModel> = {}): FakeModel => ({ name, gpuShare: 1, ...more });

/** An Ollama with these models and a service that watches it; `call` is what people do. */
export function bench(models: readonly FakeModel[], settings: Settings = {}, options: Partial<FakeOllamaOptions> = {}) {
  const clock = new FakeClock(T0);
  const ollama = new FakeOllama(clock, { models, ...options });
  const call = (name: string, body: Record<string, unknown> = {}) =>
    ollama.answer({ path: "/api/generate", by: "user", body: { model: name, prompt: "why", ...body } });
  return { clock, ollama, call, ...ollamaBench(ollama, clock, settings) };
}
