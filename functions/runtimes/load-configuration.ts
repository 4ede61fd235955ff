/**
 * Where the Node host's configuration comes from: a file, the environment and systemd's credentials.
 * Called at the start and on SIGHUP. Without a file the source is the demo cluster.
 * Invariant: whatever keeps the file from being read is a ConfigurationFault as well.
 */
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { NODE_ABILITIES } from "../../shared/domain/runtime-abilities.ts";
import { makeReferenceResolver, type Environment } from "../../shared/node/references.ts";
import { ConfigurationFault, readConfiguration, type Configuration } from "./configuration.ts";

export interface ConfigurationSource {
  /** What messages call it, e.g. `cluster.yaml`. */
  readonly name: string;
  readonly notice: string | null;
  read(): Promise<string>;
}

export function configurationFile(path: string): ConfigurationSource {
  return { name: path, notice: null, read: () => readFile(path, "utf8") };
}

/** Throws ConfigurationFault. `environment` resolves `${NAME}` references. */
export async function loadConfiguration(source: ConfigurationSource, environment: Environment): Promise<Configuration> {
  const { name, notice } = source;
  return readConfiguration(
    { name, notice, text: await readSource(source) },
    {
      abilities: NODE_ABILITIES,
      defaultNode: hostname(),
      ownNames: [hostname()],
      resolveReference: makeReferenceResolver(environment),
    },
  );
}

async function readSource(source: ConfigurationSource): Promise<string> {
  try {
    return await source.read();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    const reason = code === "ENOENT" ? "the file does not exist" : `the file cannot be read (${code})`;
    throw new ConfigurationFault(`${source.name}: ${reason}`);
  }
}
