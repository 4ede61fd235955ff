/**
 * Names to addresses without `getaddrinfo`: four dead names there hold up every other look-up of the process.
 * Implements the port `resolve-name` with the hosts file and c-ares. Names that only the system can resolve (mDNS `.local`,
 * single labels with search domains) still go through `getaddrinfo`, where they can hold up only each other.
 * Invariant: ends by its deadline and leaves no query behind.
 */
import { lookup, Resolver } from "node:dns/promises";
import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { deadlineFailure, errorCode, resolutionFailure, type Resolution } from "../domain/net/connection-failure.ts";
import { findShortage } from "./own-shortage.ts";
import type { ResolveName } from "../ports/resolve-name.ts";

export interface NameResolverOptions {
  /** `address:port` of the name servers to ask instead of those of the system. */
  readonly servers?: readonly string[];
  readonly hostsFile?: string;
  /** Asked for names that are not in DNS; rejects with an error that has a `code`. Default: `getaddrinfo`. */
  readonly systemLookup?: (name: string) => Promise<string>;
}

/** A LAN's name server answers within ms; a lost packet is asked for again after one second, then the name counts as dead. */
const QUERY_TIMEOUT_MS = 1_000;
const QUERY_TRIES = 2;

/**
 * The same for `getaddrinfo`, which reads it from the environment (resolv.conf(5)). glibc's own 5 s twice would keep other
 * names waiting for the two threads that may look up, and the process from ending: it waits for those threads.
 */
const SYSTEM_OPTIONS = `timeout:${QUERY_TIMEOUT_MS / 1_000} attempts:${QUERY_TRIES}`;

export function createNameResolver(options: NameResolverOptions = {}): ResolveName {
  process.env["RES_OPTIONS"] ??= SYSTEM_OPTIONS;
  const findInHosts = openHostsFile(options.hostsFile ?? "/etc/hosts");
  const systemLookup = options.systemLookup ?? lookupBySystem;

  return async (host, timeoutMs) => {
    if (isIP(host) !== 0) return { address: host };
    const name = host.toLowerCase().replace(/\.$/, "");
    const listed = findInHosts(name);
    if (listed !== undefined) return { address: listed };
    if (!isDnsName(name)) return within(timeoutMs, systemLookup(name), () => {});
    // One resolver per name: it can be cancelled alone, and it knows today's name servers of the system.
    const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
    if (options.servers) resolver.setServers(options.servers);
    return within(timeoutMs, queryAddress(resolver, name), () => resolver.cancel());
  };
}

function isDnsName(name: string): boolean {
  return name.includes(".") && !name.endsWith(".local");
}

async function queryAddress(resolver: Resolver, name: string): Promise<string> {
  try {
    return takeFirst(await resolver.resolve4(name));
  } catch (error) {
    if (errorCode(error) !== "ENODATA") throw error;
    return takeFirst(await resolver.resolve6(name));
  }
}

function takeFirst([address]: readonly string[]): string {
  if (address === undefined) throw Object.assign(new Error("no address"), { code: "ENODATA" });
  return address;
}

async function lookupBySystem(name: string): Promise<string> {
  const { address } = await lookup(name, { order: "ipv4first" });
  return address;
}

function within(timeoutMs: number, query: Promise<string>, cancel: () => void): Promise<Resolution> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve({ failure: deadlineFailure(false) });
      cancel();
    }, timeoutMs);
    const settle = (resolution: Resolution): void => {
      clearTimeout(timer);
      resolve(resolution);
    };
    query.then(
      (address) => settle({ address }),
      (error: unknown) => settle({ failure: findShortage() ?? resolutionFailure(errorCode(error)) }),
    );
  });
}

/**
 * The address of a lower-case name, IPv4 preferred; an edited file counts from the next question on. Synchronous: two system calls
 * on a small local file cost a few µs, a turn through the thread pool costs more.
 */
function openHostsFile(path: string): (name: string) => string | undefined {
  let version = "";
  let addresses: ReadonlyMap<string, string> = new Map();
  return (name) => {
    try {
      const { ino, mtimeMs, size } = statSync(path);
      const current = `${ino} ${mtimeMs} ${size}`;
      if (current !== version) addresses = parseHosts(readFileSync(path, "utf8"));
      version = current;
    } catch {
      // Missing or unreadable: the same as empty, until it changes.
      addresses = new Map();
      version = "";
    }
    return addresses.get(name);
  };
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
