import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  admitAddress,
  admitTarget,
  MAIL_SERVER,
  parseHost,
  parseHostAndPort,
  parseUrl,
  PROBED_SOCKET,
  PROBED_URL,
  RECEIVER,
  staysInside,
} from "../../../shared/domain/net/target.ts";

describe("parseUrl", () => {
  it("takes a URL apart", () => {
    expect(parseUrl("https://Service.LAN:8443/health?deep=1")).toEqual({
      href: "https://service.lan:8443/health?deep=1",
      origin: "https://service.lan:8443",
      path: "/health?deep=1",
      isTls: true,
      host: "service.lan",
      isAddress: false,
      port: 8_443,
      allowLoopback: false,
    });
  });

  it.each([
    ["http://192.0.2.1/", { host: "192.0.2.1", isAddress: true, port: 80, allowLoopback: false }],
    ["https://192.0.2.1/", { host: "192.0.2.1", isAddress: true, port: 443 }],
    ["http://[FD00::1]:8080/", { host: "fd00::1", isAddress: true, port: 8_080 }],
    ["http://0xC0A80151/", { host: "192.168.1.81", isAddress: true }],
    ["http://localhost/", { host: "localhost", isAddress: false, allowLoopback: true }],
    ["http://[::1]/", { host: "::1", isAddress: true, allowLoopback: true }],
  ])("reads %s", (text, target) => {
    expect(parseUrl(text)).toMatchObject(target);
  });

  it.each([
    "",
    "192.0.2.1/health",
    "gopher://127.0.0.1/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "http://me:secret@192.0.2.1/",
    "http://me@192.0.2.1/",
    "http://:secret@192.0.2.1/",
    "http://[",
  ])("refuses %j", (text) => {
    expect(parseUrl(text)).toBeNull();
  });

  it("reads what a redirect names as relative to where it came from", () => {
    expect(parseUrl("../b?c#d", "http://192.0.2.1/a/a")).toMatchObject({ href: "http://192.0.2.1/b?c" });
    expect(parseUrl("//other.lan/", "https://192.0.2.1/")).toMatchObject({ href: "https://other.lan/" });
  });
});

describe("parseHostAndPort", () => {
  it.each([
    ["Redis.lan:6379", { host: "redis.lan", isAddress: false, port: 6_379, allowLoopback: false }],
    ["redis.lan.:1", { host: "redis.lan.", port: 1 }],
    ["192.168.1.81:65535", { host: "192.168.1.81", isAddress: true, port: 65_535 }],
    ["[FD00::1]:6379", { host: "fd00::1", isAddress: true, port: 6_379 }],
    ["localhost:80", { host: "localhost", allowLoopback: true }],
    ["[::ffff:127.0.0.1]:80", { allowLoopback: true }],
  ])("reads %s", (text, target) => {
    expect(parseHostAndPort(text)).toMatchObject(target);
  });

  it.each([
    "[cafe]:80",
    "[192.168.1.81]:80",
    "fd00::1:6379",
    "x:0",
    "x:65536",
    "x:1e3",
    "x:",
    ":1",
    "x y:1",
    "http://x:1",
  ])("refuses %j", (text) => {
    expect(parseHostAndPort(text)).toBeNull();
  });
});

describe("parseHost", () => {
  it("takes IPv6 without brackets, since its port is written elsewhere", () => {
    expect(parseHost("FD00::1", 25)).toMatchObject({ host: "fd00::1", isAddress: true, port: 25 });
    expect(parseHost("[fd00::1]", 25)).toBeNull();
  });

  it("never throws, and takes nothing that could end a line or a header", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("a", "\r", "\n", ":", ".", " ") })),
        (text) => {
          const target = parseHost(text, 25);
          if (target !== null) expect(target.host).toMatch(/^[a-z0-9._:-]+$/);
        },
      ),
    );
  });
});

describe("admitTarget", () => {
  const INSIDE = { reachesPrivateNetworks: true };
  const OUTSIDE = { reachesPrivateNetworks: false };
  const question = (faults: string[], abilities = INSIDE) => ({
    key: "url",
    report: (key: string, expected: string) => void faults.push(`${key}: ${expected}`),
    abilities,
  });

  it("hands on what may be used, and says nothing", () => {
    const faults: string[] = [];
    const target = parseUrl("https://192.168.1.81/");
    expect(admitTarget(target, RECEIVER, question(faults))).toBe(target);
    expect(faults).toEqual([]);
  });

  it.each([
    [null, PROBED_URL, "an absolute http or https URL without credentials and without # (write %23)"],
    [null, RECEIVER, "an absolute https URL without credentials and without # (write %23)"],
    [null, PROBED_SOCKET, 'a host and a port such as "192.168.1.81:6379" or "[fd00::1]:6379"'],
    [null, MAIL_SERVER, "a host name or an address"],
    ["http://169.254.169.254/", PROBED_URL, "an address that may be called"],
    ["https://169.254.169.254/", RECEIVER, "an address that may be called"],
    [
      "http://example.test/",
      RECEIVER,
      "an https URL; plain http is for addresses and names of private networks and of this machine",
    ],
  ])("says of %j what was expected, with the key", (text, policy, expected) => {
    const faults: string[] = [];
    expect(admitTarget(text === null ? null : parseUrl(text), policy, question(faults))).toBeNull();
    expect(faults).toEqual([`url: ${expected}`]);
  });

  it.each([
    [PROBED_URL, /public.*via/],
    [RECEIVER, /public/],
  ])("asks for what can be reached, where private networks cannot", (policy, expected) => {
    const faults: string[] = [];
    expect(admitTarget(parseUrl("https://192.168.1.81/"), policy, question(faults, OUTSIDE))).toBeNull();
    expect(faults[0]).toMatch(expected);
    expect(admitTarget(parseUrl("https://example.test/"), policy, question(faults, OUTSIDE))).not.toBeNull();
  });
});

describe("staysInside", () => {
  it.each(["192.168.1.2", "10.0.0.1", "fd00::1", "127.0.0.1", "localhost"])("is true for %s", (host) => {
    expect(parseHost(host, 25)).toSatisfy(staysInside);
  });

  it.each(["8.8.8.8", "mail.test", "nas.lan", "2001:db8::1"])("is false for %s", (host) => {
    expect(parseHost(host, 25)).not.toSatisfy(staysInside);
  });
});

describe("admitAddress", () => {
  const FORBIDDEN = { failure: { reason: "forbidden_address", message: "The address must not be called" } };
  const name = { host: "service.test", allowLoopback: false, isAddress: false, port: 80 };

  it("passes on what a name leads to, and why it leads nowhere", () => {
    const failure = { reason: "dns", message: "Name not found" } as const;
    expect(admitAddress(name, { address: "192.168.1.81" })).toEqual({ address: "192.168.1.81" });
    expect(admitAddress(name, { failure })).toEqual({ failure });
  });

  it.each(["127.0.0.1", "::1", "169.254.169.254", "0.0.0.0", "another.name"])(
    "refuses a name that leads to %s",
    (address) => {
      expect(admitAddress(name, { address })).toEqual(FORBIDDEN);
    },
  );

  it("lets a target that names this machine lead there, and nowhere else that is forbidden", () => {
    const local = { ...name, allowLoopback: true };
    expect(admitAddress(local, { address: "127.0.0.1" })).toEqual({ address: "127.0.0.1" });
    expect(admitAddress(local, { address: "169.254.169.254" })).toEqual(FORBIDDEN);
  });

  it("leaves names to a platform that resolves them, but no address", () => {
    expect(admitAddress(name, null)).toEqual({ address: "service.test" });
    expect(admitAddress({ ...name, host: "127.0.0.1", isAddress: true }, null)).toEqual(FORBIDDEN);
  });
});
