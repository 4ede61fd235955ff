import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressVerdict, namesLoopback, type AddressVerdict } from "../../../shared/domain/net/address-policy.ts";

const checkVerdict = (ip: string): AddressVerdict => addressVerdict(ip, { allowLoopback: false });

describe("addressVerdict", () => {
  it.each<[string, AddressVerdict]>([
    ["192.168.1.81", "allowed"],
    ["10.0.0.1", "allowed"],
    ["172.16.0.1", "allowed"],
    ["100.64.0.1", "allowed"],
    ["8.8.8.8", "allowed"],
    ["fd00::1", "allowed"],
    ["2001:db8::1", "allowed"],
    ["0.0.0.0", "unspecified"],
    ["0.1.2.3", "unspecified"],
    ["::", "unspecified"],
    ["127.0.0.1", "loopback"],
    ["127.255.255.254", "loopback"],
    ["::1", "loopback"],
    ["0:0:0:0:0:0:0:1", "loopback"],
    ["169.254.169.254", "link_local"],
    ["fe80::1", "link_local"],
    ["febf:ffff::", "link_local"],
    ["fd00:ec2::254", "metadata"],
    ["FD00:0EC2:0:0:0:0:0:0254", "metadata"],
    ["224.0.0.1", "multicast"],
    ["239.255.255.255", "multicast"],
    ["ff02::1", "multicast"],
    ["255.255.255.255", "broadcast"],
  ])("judges %s as %s", (ip, verdict) => {
    expect(checkVerdict(ip)).toBe(verdict);
  });

  it.each([
    ["126.255.255.255"],
    ["128.0.0.0"],
    ["169.253.255.255"],
    ["169.255.0.0"],
    ["223.255.255.255"],
    ["240.0.0.0"],
    ["255.255.255.254"],
    ["fe7f::1"],
    ["fec0::1"],
    ["fd00:ec2::253"],
    ["::2:0:0"],
  ])("allows %s, just outside a forbidden range", (ip) => {
    expect(checkVerdict(ip)).toBe("allowed");
  });

  it.each([
    "",
    "localhost",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.2.3.4",
    "1.2.3.4 ",
    "0x7f.0.0.1",
    ":",
    ":::",
    "1::2::3",
    "g::1",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "::1.2.3.400",
    "[::1]",
    "fe80::1%eth0",
    "::1%lo",
  ])("takes %j for no address", (text) => {
    expect(checkVerdict(text)).toBe("not_an_address");
  });

  it("allows loopback, and only loopback, on demand", () => {
    const withLoopback = (ip: string) => addressVerdict(ip, { allowLoopback: true });
    expect(["127.0.0.1", "::1", "::ffff:127.0.0.1"].map(withLoopback)).toEqual(["allowed", "allowed", "allowed"]);
    expect(["169.254.1.1", "0.0.0.0", "::"].map(withLoopback)).toEqual(["link_local", "unspecified", "unspecified"]);
  });

  it("judges an IPv4 address inside an IPv6 one as itself", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom("::ffff:", "64:ff9b::", "::FFFF:"), (ip, prefix) => {
        expect(checkVerdict(`${prefix}${ip}`)).toBe(checkVerdict(ip));
      }),
    );
  });

  it("does not care how an IPv6 address is spelled", () => {
    const groups = fc.array(fc.constantFrom(0, 1, 0x254, 0xec2, 0xfd00, 0xfe80, 0xff02, 0xffff, 0x7f00), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(groups, (values) => {
        const plain = values.map((value) => value.toString(16)).join(":");
        const padded = values.map((value) => value.toString(16).toUpperCase().padStart(4, "0")).join(":");
        // What the URL parser makes of it: the shortest form.
        const short = new URL(`http://[${plain}]/`).hostname.slice(1, -1);
        expect([checkVerdict(padded), checkVerdict(short)]).toEqual([checkVerdict(plain), checkVerdict(plain)]);
      }),
    );
  });

  it("judges every text without throwing", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV6()), (text) => {
        expect(checkVerdict(text)).toEqual(expect.any(String));
      }),
    );
  });
});

describe("namesLoopback", () => {
  it.each(["localhost", "LOCALHOST.", "api.localhost", "127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"])(
    "is true for %s",
    (host) => {
      expect(namesLoopback(host)).toBe(true);
    },
  );

  it.each(["localhost.example", "notlocalhost", "192.168.1.1", "::2", "", "0.0.0.0", "::1%lo"])(
    "is false for %j",
    (host) => {
      expect(namesLoopback(host)).toBe(false);
    },
  );
});
