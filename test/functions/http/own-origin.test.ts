import { describe, expect, it } from "vitest";
import { isForeign } from "../../../functions/http/own-origin.ts";

describe("an origin is ours", () => {
  it.each<[string, string | null, boolean]>([
    ["http://192.168.1.137:8083", "192.168.1.137:8083", true],
    // Another program on the same machine.
    ["http://192.168.1.137:8080", "192.168.1.137:8083", false],
    ["http://192.168.1.137", "192.168.1.137:8083", false],
    ["http://192.168.1.137:8083", "192.168.1.137", false],
    ["https://monitor.home", "monitor.home", true],
    ["https://monitor.home", "monitor.home:443", true],
    ["http://monitor.home", "MONITOR.home:80", true],
    // What was TLS in front of us is not known here.
    ["https://monitor.home:8443", "monitor.home:8443", true],
    ["http://[::1]:8083", "[::1]:8083", true],
    ["http://evil.example", "monitor.home", false],
    ["null", "monitor.home", false],
    ["file://", "", false],
    ["http://monitor.home", null, false],
    ["http://monitor.home", "a b", false],
  ])("%s asking %s: %s", (origin, host, isOurs) => {
    expect(isForeign(new Headers({ origin, ...(host !== null && { host }) }))).toBe(!isOurs);
  });
});

describe("who asks is of somebody else", () => {
  it.each<[Record<string, string>, boolean]>([
    [{}, false],
    [{ "sec-fetch-site": "same-origin" }, false],
    [{ "sec-fetch-site": "none" }, false],
    [{ "sec-fetch-site": "same-site" }, true],
    [{ "sec-fetch-site": "cross-site" }, true],
    [{ "sec-fetch-site": "same-origin", origin: "http://evil.example" }, true],
    [{ origin: "http://nas:8083" }, false],
    [{ origin: "http://nas:8080" }, true],
  ])("%j: %s", (headers, foreign) => {
    expect(isForeign(new Headers({ host: "nas:8083", ...headers }))).toBe(foreign);
  });
});
