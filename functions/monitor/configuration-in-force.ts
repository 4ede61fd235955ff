/**
 * The configuration in force: loaded at the start, replaced as a whole by a reload, read by everything at the moment of use.
 * Made by compose.ts. Invariant: a faulty configuration changes nothing, and what is read last is in force.
 */
import type { Runtime } from "../runtime.ts";
import { loadConfiguration, type Configuration } from "./configuration.ts";

export class ConfigurationInForce {
  readonly #runtime: Runtime;
  #current: Configuration;
  #reloads: Promise<unknown> = Promise.resolve();

  private constructor(runtime: Runtime, first: Configuration) {
    this.#runtime = runtime;
    this.#current = first;
    runtime.log.redactWith(first.redact);
  }

  /** Throws ConfigurationFault. */
  static async load(runtime: Runtime): Promise<ConfigurationInForce> {
    return new ConfigurationInForce(runtime, await loadConfiguration(runtime.configuration, runtime));
  }

  get current(): Configuration {
    return this.#current;
  }

  /** One after the other. Calls `adopt` with a configuration that is in force from then on; false when it is faulty. */
  reload(adopt: (configuration: Configuration) => void): Promise<boolean> {
    const next = this.#reloads.then(() => this.#replace(adopt));
    this.#reloads = next;
    return next;
  }

  async #replace(adopt: (configuration: Configuration) => void): Promise<boolean> {
    const { log, configuration } = this.#runtime;
    try {
      this.#current = await loadConfiguration(configuration, this.#runtime);
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      log.write("error", "configuration not reloaded, the old one stays in force", { error: fault });
      return false;
    }
    log.redactWith(this.#current.redact);
    adopt(this.#current);
    log.write("info", "configuration reloaded", { services: this.#current.cluster.services.length });
    return true;
  }
}
