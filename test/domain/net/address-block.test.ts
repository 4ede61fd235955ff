import { describe, expect, it } from "vitest";
import { isWithin, parseAddress, parseAddressBlock } from "../../../shared/domain/net/address-block.ts";

describe("blocks of addresses", () => {
  it.each([
    ["192.168.1.5", "192.168.1.5", true],
    ["192.168.1.5", "192.168.1.6", false],
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["192.168.1.7/31", "192.168.1.6", true],
    ["192.168.1.7/31", "192.168.1.8", false],
    ["0.0.0.0/0", "8.8.8.8", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["::/0", "8.8.8.8", true],
    ["fd00::/8", "fdff::1", true],
    ["fd00::/8", "fe00::1", false],
    ["fe80::1", "fe80::1%eth0", true],
    ["10.0.0.0/8", "::ffff:10.1.2.3", true],
    ["::ffff:10.1.2.3", "10.1.2.3", true],
    ["::ffff:a01:203/128", "10.1.2.3", true],
  ])("%s holds %s: %s", (block, address, expected) => {
    const [within, groups] = [parseAddressBlock(block), parseAddress(address)];
    expect(within && groups && isWithin(groups, within)).toBe(expected);
  });

  it.each(["", "proxy.lan", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "fd00::/129", "/8"])(
    "%j is none",
    (text) => expect(parseAddressBlock(text)).toBeNull(),
  );
});
