/**
 * The hosts file of the system: names that need no name server.
 * The name resolver asks it first. Knows no DNS.
 * Invariant: an edited file counts from the next question on.
 */
import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";

export class HostsFile {
  readonly #path: string;
  #version = "";
  #addresses: ReadonlyMap<string, string> = new Map();

  constructor(path: string) {
    this.#path = path;
  }

  /** The address of a lower-case name, IPv4 preferred; null when the file does not list it or cannot be read. */
  find(name: string): string | null {
    this.#refresh();
    return this.#addresses.get(name) ?? null;
  }

  /** Synchronous: two system calls on a small local file cost a few µs, a turn through the thread pool costs more. */
  #refresh(): void {
    try {
      const { ino, mtimeMs, size } = statSync(this.#path);
      const version = `${ino} ${mtimeMs} ${size}`;
      if (version === this.#version) return;
      this.#addresses = parseHosts(readFileSync(this.#path, "utf8"));
      this.#version = version;
    } catch {
      // Missing or unreadable: the same as empty, until it changes.
      this.#addresses = new Map();
      this.#version = "";
    }
  }
}

function parseHosts(text: string): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    const family = isIP(address);
    if (family === 0) continue;
    for (const name of names.map((each) => each.toLowerCase())) {
      const known = addresses.get(name);
      // The first entry of a name counts, but IPv4 goes before IPv6.
      if (known === undefined || (family === 4 && isIP(known) === 6)) addresses.set(name, address);
    }
  }
  return addresses;
}
