/**
 * A configuration as it is written, to be shown: what people wrote, aliases followed and maps merged, without comments.
 * Called by the monitor for GET /configuration/file. Knows no keys.
 * Invariant: references stay as they are written, so that no value that they stand for is in it; hashes of tokens are left out, and
 * whatever is secret elsewhere is so here.
 */
import type { Json } from "../domain/monitoring/check.ts";
import type { Redact } from "../domain/text/redact.ts";
import { FaultLog } from "./fault.ts";
import { TreeReader } from "./read-tree.ts";
import { readYaml } from "./read-yaml.ts";

const HASH = /sha256:[0-9a-f]{64}/gi;

/** Null for a text that is no configuration. */
export function writtenConfig(text: string, redact: Redact): Json {
  const yaml = readYaml(text);
  if (!yaml.ok) return null;
  const readScalar: ConstructorParameters<typeof TreeReader>[0]["readScalar"] = (written) =>
    typeof written === "string" ? redact(written.replaceAll(HASH, "<hash>")) : written;
  const tree = new TreeReader({ lines: yaml.lines, log: new FaultLog(), readScalar });
  const read = tree.read(yaml.contents);
  return tree.isExcessive ? null : (read as Json); // maps, lists and scalars
}
