/**
 * The port `resolve-name` on Node: hosts file, DNS over a stub on loopback, and the system's own look-up as a function.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createNameResolver, type NameResolverOptions } from "../../shared/node/name-resolver.ts";
import { startDnsStub, type DnsEntry, type DnsStub } from "../support/dns-stub.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const open: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

function hostsFile(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), "hosts-"));
  open.push(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "hosts");
  writeFileSync(path, text);
  return path;
}

async function resolverFor(table: Record<string, DnsEntry>, options: NameResolverOptions = {}) {
  const dns: DnsStub = await startDnsStub(table);
  open.push(() => dns.close());
  const resolve = createNameResolver({ servers: [dns.server], hostsFile: "/nonexistent", ...options });
  return { dns, resolve: (host: string, timeoutMs = WAIT_LIMIT_MS) => resolve(host, timeoutMs) };
}

const NOT_FOUND = { failure: { reason: "dns", message: "Name not found" } };
const TIMED_OUT = { failure: { reason: "deadline_connect", message: "Request timed out" } };

describe("resolve-name", () => {
  it.each(["192.0.2.7", "::1", "2001:db8::7"])(
    "resolves the address %s to itself without asking anybody",
    async (address) => {
      const { resolve, dns } = await resolverFor({});
      expect(await resolve(address)).toEqual({ address });
      expect(dns.questions).toEqual([]);
    },
  );

  it("asks for IPv4 first and is content with it", async () => {
    const { resolve, dns } = await resolverFor({ "a.test": ["192.0.2.1", "::1"] });
    expect(await resolve("a.test")).toEqual({ address: "192.0.2.1" });
    expect(dns.questions).toEqual(["A a.test"]);
  });

  it("asks for IPv6 when the name has no IPv4 address", async () => {
    const { resolve, dns } = await resolverFor({ "six.test": ["::1"] });
    expect(await resolve("six.test")).toEqual({ address: "::1" });
    expect(dns.questions).toEqual(["A six.test", "AAAA six.test"]);
  });

  it("knows a name in any case and with a final dot", async () => {
    const { resolve } = await resolverFor({ "a.test": ["192.0.2.1"] });
    expect(await resolve("A.Test.")).toEqual({ address: "192.0.2.1" });
  });

  it("fails with dns for a name that does not exist, asking once", async () => {
    const { resolve, dns } = await resolverFor({});
    expect(await resolve("nope.invalid")).toEqual(NOT_FOUND);
    expect(dns.questions).toEqual(["A nope.invalid"]);
  });

  it("fails with dns for a name without any address", async () => {
    const { resolve } = await resolverFor({ "empty.test": [] });
    expect(await resolve("empty.test")).toEqual(NOT_FOUND);
  });

  it("fails with dns when the name server fails", async () => {
    const { resolve } = await resolverFor({ "broken.test": "servfail" });
    expect(await resolve("broken.test")).toEqual({ failure: { reason: "dns", message: "Name does not resolve" } });
  });

  it("fails at its deadline when the name server is silent", async () => {
    const { resolve } = await resolverFor({ "dead.test": "silence" });
    expect(await resolve("dead.test", 150)).toEqual(TIMED_OUT);
  });

  it("remembers nothing: an address that changes counts at once", async () => {
    const table: Record<string, DnsEntry> = { "moving.test": ["192.0.2.1"] };
    const { resolve } = await resolverFor(table);
    expect(await resolve("moving.test")).toEqual({ address: "192.0.2.1" });
    table["moving.test"] = ["192.0.2.2"];
    expect(await resolve("moving.test")).toEqual({ address: "192.0.2.2" });
  });

  it("answers a living name at once while many dead ones are waited for", async () => {
    const { resolve } = await resolverFor({ "dead.test": "silence", "a.test": ["192.0.2.1"] });
    let ended = 0;
    const dead = Array.from({ length: 40 }, async () => {
      const result = await resolve("dead.test", 2_000);
      ended += 1;
      return result;
    });
    expect(await resolve("a.test")).toEqual({ address: "192.0.2.1" });
    expect(ended).toBe(0);
    expect(await Promise.all(dead)).toEqual(dead.map(() => TIMED_OUT));
  });
});

describe("hosts file", () => {
  it("goes before DNS", async () => {
    const { resolve, dns } = await resolverFor(
      { "a.test": ["192.0.2.1"] },
      { hostsFile: hostsFile("192.0.2.9 x a.test\n") },
    );
    expect(await resolve("a.test")).toEqual({ address: "192.0.2.9" });
    expect(await resolve("X.")).toEqual({ address: "192.0.2.9" });
    expect(dns.questions).toEqual([]);
  });

  it("may hold comments, blanks and nonsense", async () => {
    const text = "# 192.0.2.1 a.test\n\n  192.0.2.2\ta.test # b.test\nnonsense a.test\n192.0.2.3 a.test\n";
    const { resolve } = await resolverFor({}, { hostsFile: hostsFile(text) });
    expect(await resolve("a.test")).toEqual({ address: "192.0.2.2" });
    expect(await resolve("b.test")).toEqual(NOT_FOUND);
  });

  it("prefers IPv4 as well", async () => {
    const { resolve } = await resolverFor({}, { hostsFile: hostsFile("::1 localhost\n127.0.0.1 localhost\n") });
    expect(await resolve("localhost")).toEqual({ address: "127.0.0.1" });
  });

  it("counts as soon as it is edited", async () => {
    const path = hostsFile("192.0.2.1 a.test\n");
    const { resolve } = await resolverFor({}, { hostsFile: path });
    expect(await resolve("a.test")).toEqual({ address: "192.0.2.1" });
    writeFileSync(path, "192.0.2.22 a.test\n");
    expect(await resolve("a.test")).toEqual({ address: "192.0.2.22" });
    rmSync(path);
    expect(await resolve("a.test")).toEqual(NOT_FOUND);
  });
});

describe("names that are not in DNS", () => {
  it.each(["printer.local", "worker-node4"])("asks the system for %s", async (name) => {
    const systemLookup = async (asked: string) => (asked === name ? "192.0.2.5" : "192.0.2.6");
    const { resolve, dns } = await resolverFor({}, { systemLookup });
    expect(await resolve(name)).toEqual({ address: "192.0.2.5" });
    expect(dns.questions).toEqual([]);
  });

  it("fails with dns when the system does not know it either", async () => {
    const systemLookup = () => Promise.reject(Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" }));
    const { resolve } = await resolverFor({}, { systemLookup });
    expect(await resolve("printer.local")).toEqual(NOT_FOUND);
  });

  it("keeps the deadline when the system is slow", async () => {
    const { resolve } = await resolverFor({}, { systemLookup: () => new Promise(() => {}) });
    expect(await resolve("printer.local", 50)).toEqual(TIMED_OUT);
  });
});
