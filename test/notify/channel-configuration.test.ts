/**
 * What settings of channels are refused, with which key; and that no fault repeats what it refuses.
 */
import { describe, expect, it } from "vitest";
import { NODE_ABILITIES, WORKERS_ABILITIES } from "../../shared/domain/runtime-abilities.ts";
import { CHANNEL_TYPES } from "../../shared/notify/registry.ts";
import { channelFaults, configureChannel } from "../support/configured-channel.ts";
import type { Settings } from "../support/configured-probe.ts";

const { discord, email, slack, sms, webhook } = CHANNEL_TYPES;
const SECRET = `whsec_${Buffer.from("x".repeat(32)).toString("base64")}`;
const PHONE: Settings = {
  account_sid: `AC${"a".repeat(32)}`,
  auth_token: "token",
  from: "+15005550006",
  to: ["+4915112345678"],
};
const MAIL: Settings = { host: "mail.example.test", from: "a@example.test", to: ["b@example.test"] };
const LOGIN = { user: "monitor", password: "s3cret" };

describe("the URL of a receiver", () => {
  const faultsOf = (url: string, host = NODE_ABILITIES) => channelFaults(webhook, { url, secret: SECRET }, host);

  it.each([
    "https://example.com/hook?x=1",
    "https://192.168.1.7/",
    "https://example.lan:8443/",
    "http://192.168.1.7:9000/hook",
    "http://10.0.0.1/",
    "http://[fd00::1]/",
    "http://127.0.0.1:1/",
    "http://localhost:9000/",
    "http://ntfy.lan",
    "http://NAS.Home.LAN./hook",
    "http://gotify.local:8080/message",
    "http://ntfy.home.arpa/",
    "http://hooks.svc.cluster.local/",
    "http://apprise.internal/",
    "http://printer.home/",
    "http://nas.localdomain/",
    "http://ntfy:8080/alerts",
    "http://[::1]/",
  ])("may be %s", (url) => {
    expect(faultsOf(url)).toEqual([]);
  });

  it.each([
    ["http://example.com/hook", "https"],
    ["http://ntfy.lan.example.com/", "https"],
    ["http://evil-lan.com/", "https"],
    ["http://ai./", "https"],
    ["http://8.8.8.8/", "https"],
    ["https://user:pass@example.com/", "without credentials"],
    ["https://user@example.com/", "without credentials"],
    ["https://169.254.169.254/latest", "may be called"],
    ["http://169.254.169.254/latest", "may be called"],
    ["http://0xA9FEA9FE/", "may be called"],
    ["http://[::ffff:169.254.169.254]/", "may be called"],
    ["https://[fd00:ec2::254]/", "may be called"],
    ["https://0.0.0.0/", "may be called"],
    ["https://224.0.0.1/", "may be called"],
    ["ftp://example.com/", "https"],
    ["javascript:alert(1)", "https"],
    ["example.com/hook", "https"],
    ["", "https"],
  ])("may not be %s", (url, expected) => {
    const [fault = ""] = faultsOf(url);
    expect(fault).toContain("url: ");
    expect(fault).toContain(expected);
    expect(url === "" || !fault.includes(url)).toBe(true);
  });

  it("is public for a host outside of private networks", () => {
    expect(faultsOf("https://192.168.1.7/", WORKERS_ABILITIES)).toHaveLength(1);
    expect(faultsOf("https://example.com/", WORKERS_ABILITIES)).toEqual([]);
  });

  it("does not name a private network where that is out of reach", () => {
    for (const url of ["http://ntfy.lan/", "http://ntfy/"]) expect(faultsOf(url, WORKERS_ABILITIES)).toHaveLength(1);
  });

  it("is asked for by every channel that has one", () => {
    const url = "http://example.com/";
    expect(channelFaults(slack, { webhook_url: url })[0]).toContain("webhook_url: ");
    expect(channelFaults(discord, { webhook_url: url })[0]).toContain("webhook_url: ");
    expect(channelFaults(sms, { ...PHONE, api_url: url })[0]).toContain("api_url: ");
  });
});

describe("the URL of an API of short messages", () => {
  it.each(["https://example.com", "https://example.com/", "http://192.168.1.7:8080/twilio/"])("may be %s", (url) => {
    expect(channelFaults(sms, { ...PHONE, api_url: url })).toEqual([]);
  });

  it.each([
    "https://example.com/?region=ie1",
    "https://example.com#eu",
    "https://example.com/a?",
    "https://example.com/#",
  ])("may not be %s, of which something would be lost", (url) => {
    expect(channelFaults(sms, { ...PHONE, api_url: url })).toEqual([
      expect.stringMatching(/api_url: .*without .*\? and #/),
    ]);
  });
});

describe("webhook", () => {
  const faultsOf = (more: Settings) => channelFaults(webhook, { url: "https://example.com/", secret: SECRET, ...more });

  it("takes one secret, or two", () => {
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf({ previous_secret: SECRET })).toEqual([]);
    expect(faultsOf({ secret: "sixteen letters!" })).toEqual([]);
  });

  it.each([
    ["neither prefix nor 16 characters", "fifteen letters"],
    ["too few bytes", `whsec_${Buffer.from("x".repeat(23)).toString("base64")}`],
    ["too many bytes", `whsec_${Buffer.from("x".repeat(65)).toString("base64")}`],
    ["no base64", "whsec_this is a sentence and no base64 at all!"],
    ["nothing", ""],
  ])("refuses a secret with %s", (_what, secret) => {
    for (const key of ["secret", "previous_secret"]) {
      const [fault = ""] = faultsOf({ [key]: secret });
      expect(fault).toContain(`${key}: `);
      expect(secret === "" || !fault.includes(secret)).toBe(true);
    }
  });

  it("needs a secret", () => {
    expect(channelFaults(webhook, { url: "https://example.com/" })).toEqual(["secret"]);
  });
});

describe("email", () => {
  const faultsOf = (more: Settings, host = NODE_ABILITIES) => channelFaults(email, { ...MAIL, ...more }, host);

  it.each([
    [{}],
    [LOGIN],
    [{ ...LOGIN, port: 465, tls: "required" }],
    [{ ...LOGIN, host: "192.168.1.2", tls: "off" }],
    [{ ...LOGIN, host: "localhost", tls: "off" }],
    [{ host: "::1" }],
    [{ tls: "off" }],
  ])("takes %j", (more) => {
    expect(faultsOf(more)).toEqual([]);
  });

  it.each([
    ["password", { user: "monitor" }],
    ["user", { password: "s3cret" }],
    ["tls", { ...LOGIN, tls: "off" }],
    ["tls", { ...LOGIN, host: "8.8.8.8", tls: "off" }],
    ["tls", { tls: "sometimes" }],
    ["host", { host: "169.254.169.254" }],
    ["host", { host: "mail.test:25" }],
    ["host", { host: "a\r\nb" }],
    ["host", { host: "" }],
    ["port", { port: 0 }],
    ["from", { from: "monitoring" }],
    ["from", { from: "a@b\r\nBcc: c@d" }],
    ["from", { from: "Monitoring <a@b.test>" }],
    ["to", { to: [] }],
    ["to", { to: ["a@b.test>\r\nRCPT TO:<c@d"] }],
    ["to", { to: Array.from({ length: 21 }, (_, index) => `p${index}@example.test`) }],
  ])("refuses %s in %j", (key, more) => {
    expect(faultsOf(more)[0]).toMatch(new RegExp(`^${key}(: |$)`));
  });

  it("needs a public server outside of private networks", () => {
    expect(faultsOf({ host: "192.168.1.2" }, WORKERS_ABILITIES)[0]).toContain("host: ");
  });
});

describe("sms", () => {
  const faultsOf = (more: Settings) => channelFaults(sms, { ...PHONE, ...more });

  it("takes a name as the sender, and says how many messages a day it may send", () => {
    expect(faultsOf({ from: "Monitoring" })).toEqual([]);
    expect(configureChannel(sms, PHONE).dailyCap).toBe(20);
    expect(configureChannel(sms, { ...PHONE, daily_cap: 3 }).dailyCap).toBe(3);
  });

  it.each([
    ["account_sid", { account_sid: "AC/../../x" }],
    ["auth_token", { auth_token: "" }],
    ["from", { from: "12345" }],
    ["from", { from: "A name that is too long" }],
    ["to", { to: [] }],
    ["to", { to: ["015112345678"] }],
    ["to", { to: Array.from({ length: 11 }, (_, index) => `+49151123456${10 + index}`) }],
    ["daily_cap", { daily_cap: 0 }],
  ])("refuses %s in %j", (key, more) => {
    expect(faultsOf(more)).toContain(key);
  });
});

describe("every channel type", () => {
  it.each(Object.entries(CHANNEL_TYPES))("%s has its secrets among its keys, and describes each key", (_name, type) => {
    expect(Object.keys(type.keys)).toEqual(expect.arrayContaining([...type.secretKeys]));
    expect(type.shortestGapMs).toBeGreaterThanOrEqual(0);
  });
});
