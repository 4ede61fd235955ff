import { describe, expect, it } from "vitest";
import { parseAddressBlock } from "../../../shared/domain/net/address-block.ts";
import { clientAddress } from "../../../shared/domain/net/client-address.ts";

const TRUSTED = ["10.0.0.0/8", "::1"].flatMap((text) => parseAddressBlock(text) ?? []);

interface Case {
  readonly peer: string | null;
  readonly forwarded: string | null;
  readonly client: string | null;
}

const CASES: Readonly<Record<string, Case>> = {
  "is its own when it is no trusted proxy, whatever it says": {
    peer: "192.0.2.1",
    forwarded: "198.51.100.1",
    client: "192.0.2.1",
  },
  "is the proxy's when that says nothing": { peer: "10.0.0.1", forwarded: null, client: "10.0.0.1" },
  "is the proxy's when that names nobody": { peer: "10.0.0.1", forwarded: "", client: "10.0.0.1" },
  "is what a trusted proxy says": { peer: "10.0.0.1", forwarded: "192.0.2.1", client: "192.0.2.1" },
  "may be of the other family": { peer: "::ffff:10.0.0.1", forwarded: "2001:db8::1", client: "2001:db8::1" },
  "is not what the client had said before": {
    peer: "10.0.0.1",
    forwarded: "198.51.100.1, 192.0.2.1",
    client: "192.0.2.1",
  },
  "is what the first of several trusted proxies says": {
    peer: "::1",
    forwarded: "198.51.100.1,192.0.2.1 , 10.0.0.2",
    client: "192.0.2.1",
  },
  "may be that of a trusted proxy itself": { peer: "10.0.0.1", forwarded: "10.0.0.3, 10.0.0.2", client: "10.0.0.3" },
  "is not taken from behind what is none": { peer: "10.0.0.1", forwarded: "192.0.2.1, unknown", client: "10.0.0.1" },
  "is unknown where nobody knows who is connected": { peer: null, forwarded: "192.0.2.1", client: null },
};

describe("the address of a client", () => {
  it.each(Object.keys(CASES))("%s", (name) => {
    const { peer, forwarded, client } = CASES[name] as Case;
    expect(clientAddress(peer, forwarded, TRUSTED)).toBe(client);
  });

  it("is always that of who is connected where no proxy is trusted", () => {
    expect(clientAddress("10.0.0.1", "192.0.2.1", [])).toBe("10.0.0.1");
  });
});
