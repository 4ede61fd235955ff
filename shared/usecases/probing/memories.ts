/**
 * What probes have left for later ones: memories travel with the checks, baselines have rows of their own.
 * Used by probe-service, the probe loop and the probe rounds. Knows nothing of what is in them.
 * Invariants: what was left with other settings counts for nothing; a baseline that cannot be read is not written over.
 */
import { utf8Bytes } from "../../domain/monitoring/body-data.ts";
import type { Check, Json, Memory } from "../../domain/monitoring/check.ts";
import type { Log } from "../../ports/log.ts";
import type { MonitoredService } from "../../ports/prober.ts";
import type { Store } from "../../ports/store.ts";

type Kept = Pick<MonitoredService, "id" | "fingerprint">;

/** A thousand services must fit into one stored value of 2 MB. */
const MOST_MEMORY_BYTES = 1_024;
const MOST_BASELINE_BYTES = 32_768;

/** Null: nothing that counts. */
export function recall(memory: Memory | undefined, { fingerprint }: Kept): Json {
  return memory?.fingerprint === fingerprint ? memory.value : null;
}

/** The whole of it, which counts only with the same settings. */
export function leftBefore(previous: Check | null, { fingerprint }: Kept): Memory | undefined {
  return previous?.memory?.fingerprint === fingerprint ? previous.memory : undefined;
}

interface Remembering {
  readonly previous: Check | null;
  readonly startingSinceMs: number | undefined;
  readonly log: Log;
}

/** What a check carries on of what its probe has left. */
export function remember(
  left: Json | undefined,
  service: Kept,
  { previous, startingSinceMs, log }: Remembering,
): { readonly memory?: Memory } {
  const value = left === undefined ? recall(previous?.memory, service) : copyWithin(left, MOST_MEMORY_BYTES);
  // Once: a check that has kept nothing is followed by others.
  if (value === null && left && (previous === null || previous.memory))
    log.write("warn", "what a probe left is no JSON of 1 kB, forgotten", { service: service.id });
  if (value === null && startingSinceMs === undefined) return {};
  const { fingerprint } = service;
  return { memory: { fingerprint, value, ...(startingSinceMs !== undefined && { startingSinceMs }) } };
}

/** Null when it is too large or no JSON. */
function copyWithin(value: Json, mostBytes: number): Json {
  try {
    const text = JSON.stringify(value);
    return utf8Bytes(text) > mostBytes ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

export class Baselines {
  readonly #store: Pick<Store, "readBaselines" | "writeBaseline">;
  readonly #log: Log;
  /** By service; null until somebody asks. */
  #known: Promise<Map<string, Memory>> | null = null;
  /** The last fault of each. */
  readonly #told = new Map<string, string>();
  readonly #unwritten = new Map<string, Memory | null>();

  constructor(store: Pick<Store, "readBaselines" | "writeBaseline">, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** Null: none that counts, or it cannot be read. */
  async recall(service: Kept): Promise<Json> {
    return recall((await this.#read())?.get(service.id), service);
  }

  /** Takes what a probe has left; `write` stores it. */
  async keep(service: Kept, left: Json): Promise<void> {
    const known = await this.#read();
    const value = copyWithin(left, MOST_BASELINE_BYTES);
    if (value === null && left !== null) this.#tell(service.id, "it is no JSON of 32 kB");
    else if (known && JSON.stringify(value) !== JSON.stringify(recall(known.get(service.id), service))) {
      const baseline = value === null ? null : { fingerprint: service.fingerprint, value };
      if (baseline) known.set(service.id, baseline);
      else known.delete(service.id);
      this.#unwritten.set(service.id, baseline);
    }
  }

  /** Stores what has changed; what cannot be stored waits for the next time. Never rejects. */
  async write(): Promise<void> {
    for (const [serviceId, baseline] of this.#unwritten) {
      try {
        await this.#store.writeBaseline(serviceId, baseline);
        if (this.#unwritten.get(serviceId) === baseline) this.#unwritten.delete(serviceId);
        this.#told.delete(serviceId);
      } catch (error) {
        this.#tell(serviceId, error);
      }
    }
  }

  /** Null while storage fails. */
  async #read(): Promise<Map<string, Memory> | null> {
    this.#known ??= this.#store.readBaselines();
    try {
      return await this.#known;
    } catch {
      this.#known = null;
      return null;
    }
  }

  /** Each fault once, until the service's baseline has been written. */
  #tell(service: string, error: unknown): void {
    const text = String(error);
    if (this.#told.get(service) === text) return;
    this.#told.set(service, text);
    this.#log.write("warn", "a baseline could not be kept", { service, error: text });
  }
}
