/**
 * Keys that no file may have any more, or not yet, with what is expected instead; of all others a typing error is guessed.
 * Read where an unknown key is reported. To rename a public key: a line here. Invariant: no section knows a key of this table.
 */
const PLANNED = "no such key: not supported by this version";

function renamedTo(name: string): string {
  return `${name}, the new name of this key`;
}

/** By the path of the key. */
export const REFUSED_KEYS: ReadonlyMap<string, string> = new Map([
  ["routes", PLANNED],
  ["slo", PLANNED],
  ["intervals.analysis", PLANNED],
  ["alerting.references", renamedTo("connectivity_targets")],
]);
