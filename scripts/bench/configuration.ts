/**
 * A configuration as the service makes one of its file, for programs that measure a part of it.
 * Used by processes/. Invariant: it goes through the same parser.
 */
import { readConfiguration, type Configuration } from "../../functions/monitor/configuration.ts";
import { NODE_ABILITIES } from "../../shared/domain/runtime-abilities.ts";

/** `config` is what cluster.yaml would hold; `secrets` what its references stand for. */
export function benchConfiguration(config: object, secrets: Readonly<Record<string, string>> = {}): Configuration {
  return readConfiguration(
    { name: "benchmark", text: JSON.stringify(config), notice: null },
    {
      abilities: NODE_ABILITIES,
      nodeName: "benchmark",
      ownNames: [],
      resolveReference: (name) => secrets[name] ?? null,
    },
  );
}
