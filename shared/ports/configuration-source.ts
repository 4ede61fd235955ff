/**
 * Where the text of the configuration comes from: a file, the demo cluster, what was uploaded with a Worker.
 * Runtimes implement it; the monitor reads it at its start and at every reload.
 */
export interface ConfigurationSource {
  /** What messages call it, e.g. `cluster.yaml`. */
  readonly name: string;
  /** A sentence that every reader of the API must see; null for none. */
  readonly notice: string | null;
  /** Rejects with a reason for the person who wrote it, such as `the file does not exist`. */
  read(): Promise<string>;
}
