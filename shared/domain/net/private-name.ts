/**
 * Names that lead nowhere but into a private network. Pure.
 * Asked where a message may be sent unencrypted. Invariant: no name that the public DNS can answer is one of them.
 */

/** RFC 6762 (`local` and appendix G), RFC 8375 (`home.arpa`), the one that ICANN reserves (`internal`), and a default of routers. */
const PRIVATE_SUFFIXES: readonly string[] = [
  "local",
  "lan",
  "home",
  "home.arpa",
  "internal",
  "intranet",
  "private",
  "corp",
  "localdomain",
];

/** `host` is a name in lower case. A single label, too, is completed by the network; with a dot at its end it is a public one. */
export function isPrivateName(host: string): boolean {
  if (!host.includes(".")) return true;
  const name = host.replace(/\.$/, "");
  return PRIVATE_SUFFIXES.some((suffix) => name.endsWith(`.${suffix}`));
}
