/**
 * One rule for every key that says where something is: whatever host is written there, check types, channels and the heartbeat take it
 * or refuse it alike, and in the same words. Ports have the same rule, where they are part of the key.
 */
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../shared/config/parse-config.ts";
import { parseHost, parseHostAndPort, parseUrl } from "../../shared/domain/net/target.ts";
import { NODE_ABILITIES } from "../../shared/domain/runtime-abilities.ts";
import { CHANNEL_TYPES } from "../../shared/notify/registry.ts";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../../shared/probes/registry.ts";

const MAY_NOT_BE_CALLED = "an address that may be called";

/** What a key expects that knows no host in what was written. */
const FORMS: ReadonlySet<string> = new Set([
  "an absolute http or https URL without credentials and without # (write %23)",
  "an absolute https URL without credentials and without # (write %23)",
  'a host and a port such as "192.168.1.81:6379" or "[fd00::1]:6379"',
  "a host name or an address",
]);

/** What each key that holds a host says of it: null when it takes it. */
function judge(host: string, port = ""): Record<string, string | null> {
  const inUrl = /^[^[]*:/.test(host) && !host.includes("[") ? `[${host}]` : host;
  const document = {
    services: {
      http: { url: `http://${inUrl}${port}/health` },
      redis: { check_type: "redis", host: `${inUrl}${port || ":80"}` },
      tcp: { check_type: "tcp", host: `${inUrl}${port || ":80"}` },
    },
    alerting: {
      channels: {
        hook: { type: "webhook", url: `https://${inUrl}${port}/`, secret: "${SECRET}" },
        chat: { type: "slack", webhook_url: `https://${inUrl}${port}/\${SECRET}` },
        mail: { type: "email", host: port === "" ? host : "mail.test", from: "a@example.org", to: ["b@example.org"] },
      },
    },
    heartbeat: { url: `https://${inUrl}${port}` },
  };
  const result = parseConfig(JSON.stringify(document), {
    checkTypes: CHECK_TYPES,
    defaultCheckType: DEFAULT_CHECK_TYPE,
    channelTypes: CHANNEL_TYPES,
    defaultNode: "here",
    resolveReference: () => "canary-secret-of-enough-letters",
    abilities: NODE_ABILITIES,
  });
  const faults = result.ok ? [] : result.faults;
  const said = (path: string): string | null => {
    const expected = faults.find((fault) => fault.path === path)?.expected ?? null;
    return expected !== null && FORMS.has(expected) ? "a host" : expected;
  };
  return {
    http: said("services.http.url"),
    redis: said("services.redis.host"),
    tcp: said("services.tcp.host"),
    hook: said("alerting.channels.hook.url"),
    chat: said("alerting.channels.chat.webhook_url"),
    heartbeat: said("heartbeat.url"),
    ...(port === "" && { mail: said("alerting.channels.mail.host") }),
  };
}

const allOf = (verdicts: Record<string, string | null>, expected: string | null) =>
  Object.fromEntries(Object.keys(verdicts).map((name) => [name, expected]));

describe("a host", () => {
  it.each([
    ["example.org", "example.org"],
    ["NAS.Home.LAN", "nas.home.lan"],
    ["nas", "nas"],
    ["my_service.internal", "my_service.internal"],
    ["nas.lan.", "nas.lan."],
    ["a-b.c-d", "a-b.c-d"],
    ["1password.example", "1password.example"],
    [`${"a".repeat(63)}.example`, `${"a".repeat(63)}.example`],
    ["bücher.example", "xn--bcher-kva.example"],
    ["BÜCHER.example", "xn--bcher-kva.example"],
    ["xn--bcher-kva.example", "xn--bcher-kva.example"],
    ["例え.テスト", "xn--r8jz45g.xn--zckzah"],
    ["localhost", "localhost"],
    ["api.localhost", "api.localhost"],
    ["192.168.1.81", "192.168.1.81"],
    ["192.168.1.81.", "192.168.1.81"],
    ["192.168.337", "192.168.1.81"],
    ["0xC0A80151", "192.168.1.81"],
    ["0300.0250.1.0121", "192.168.1.81"],
    ["192.168.1.010", "192.168.1.8"],
    ["127.0.0.1", "127.0.0.1"],
    ["127.0.0.1.", "127.0.0.1"],
    ["127.1", "127.0.0.1"],
    ["2130706433", "127.0.0.1"],
    ["１２７.０.０.１", "127.0.0.1"],
    ["8.8.8.8", "8.8.8.8"],
    ["::1", "::1"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["::ffff:127.0.0.1", "::ffff:7f00:1"],
    ["fd00::1", "fd00::1"],
    ["FD00:0:0::0001", "fd00::1"],
    ["2001:db8::192.0.2.1", "2001:db8::c000:201"],
  ])("may be %s, which is %s", (written, host) => {
    const verdicts = judge(written);
    expect(verdicts).toEqual(allOf(verdicts, null));
    const inUrl = written.includes(":") ? `[${written}]` : written;
    const targets = [parseUrl(`http://${inUrl}/`), parseHostAndPort(`${inUrl}:80`), parseHost(written, 80)];
    expect(targets.map((target) => target?.host)).toEqual([host, host, host]);
    const [{ isAddress, allowLoopback } = {}] = targets.map((target) => target ?? undefined);
    for (const target of targets) expect(target).toMatchObject({ isAddress, allowLoopback, port: 80 });
  });

  it.each([
    "169.254.169.254",
    "169.254.169.254.",
    "169.254.43518",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "１６９.254.169.254",
    "0",
    "0.0.0.0",
    "0x0",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "fe80::1",
    "ff02::1",
    "fd00:ec2::254",
  ])("may not be %s, an address that nobody may call", (written) => {
    const verdicts = judge(written);
    expect(verdicts).toEqual(allOf(verdicts, MAY_NOT_BE_CALLED));
  });

  it.each([
    "",
    ".",
    "a..b",
    ".a",
    "a b",
    " a",
    "a\tb",
    "a\r\nb",
    "a\n",
    "a\u0000",
    "a%41",
    "%31%32%37.0.0.1",
    "a,b",
    "a*b",
    "a\u00adb",
    "a\u200bb",
    `${"a".repeat(64)}.example`,
    `${"a.".repeat(127)}example`,
    "999.999.999.999",
    "256.1.1.1",
    "1.2.3.4.5",
    "192.168.1.081",
    "0x100000000",
    "example.1",
    "::1%lo",
    "fd00::1%x",
    "::1%anything\r\nX",
    "fe80::1%25eth0",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "12345::",
    "::1.2.3.400",
    "[::1",
    "[cafe]",
    "[192.168.1.81]",
    "[v1.a]",
    "[[::1]]",
  ])("may not be %j, which is none", (written) => {
    const verdicts = judge(written);
    expect(verdicts).toEqual(allOf(verdicts, "a host"));
  });
});

describe("a host that no URL surrounds", () => {
  it.each(["a\\b", "a/b", "a?b", "a#b", "me@a", "http://a", "a:80"])("may not be %j", (written) => {
    expect(parseHost(written, 25)).toBeNull();
    expect(parseHostAndPort(`${written}:25`)).toBeNull();
  });
});

describe("a port", () => {
  it.each([":1", ":65535", ":080"])("may be %s", (port) => {
    const verdicts = judge("nas.lan", port);
    expect(verdicts).toEqual(allOf(verdicts, null));
  });

  it.each([":0", ":00", ":65536", ":-1", ":1e3", ":0x50", ": 80", ":80 ", ":８０", ":80:80"])(
    "may not be %j",
    (port) => {
      const verdicts = judge("nas.lan", port);
      expect(verdicts).toEqual(allOf(verdicts, "a host"));
    },
  );
});

describe("a URL", () => {
  it.each([
    "http:example.org",
    "http:/example.org",
    "http:\\\\example.org",
    "http:///example.org",
    "http://example.org\\path",
    "http://example.org/a\tb",
    "http://example.org/a\nb",
    " http://example.org/",
    "//example.org/",
  ])("may not be %j, which browsers would understand", (text) => {
    expect(parseUrl(text)).toBeNull();
  });
});
