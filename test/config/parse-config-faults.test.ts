/** `parseConfig` with faulty files, on a fake check type: faults never hide each other, and never show a secret. */
import { describe, expect, it } from "vitest";
import { configOf, faultsOf, oneService } from "../support/fake-config.ts";

describe("parseConfig with faults", () => {
  it("reports every one of them, in the order of the file, each with its line", () => {
    const faults = faultsOf(`node: 5
hosts: ["http://x", fine.lan, 7]
intervals: { critical: soon, hourly: 3 }
retention: 7
degraded_threshold: 101
max_connections: 0
services:
  a:
    url: http://wrong
    critical: "yes"
    tiemout: 5
    depends_on: [b, nowhere]
  b: nothing
  c:
    url: fake://c
    timeout: 10m
    interval: 50ms
    password: hunter2
    retries: 10
    mode: slow
    json: { path: 1, equals: true, extra: 1 }
    depends_on: c
  d: { check_type: smtp, url: fake://d, timeout: fast, url: fake://e }
role: standby
slo: 99.9
`);
    expect(faults.map(({ path, line, found, expected }) => `${line} ${path} | ${found} | ${expected}`)).toEqual([
      "1 node | 5 | text",
      "1 primary | nothing | the section primary, because a standby watches it",
      '2 hosts[0] | "http://x" | a host name without scheme and port',
      "2 hosts[2] | 7 | text",
      '3 intervals.critical | "soon" | a duration such as 30 or "30s"',
      '3 intervals.hourly | the key "hourly" | one of critical, non_critical, degraded, unhealthy, cleanup',
      "4 retention | 7 | a map",
      "5 degraded_threshold | 101 | at most 100",
      "6 max_connections | 0 | at least 1",
      '9 services.a.url | "http://wrong" | a URL that starts with fake://',
      '10 services.a.critical | "yes" | true or false',
      '11 services.a.tiemout | the key "tiemout" | no such key; perhaps "timeout" is meant',
      '12 services.a.depends_on[1] | "nowhere" | the id of a service',
      '13 services.b | "nothing" | a map of the keys of the service',
      '16 services.c.timeout | "10m" | a duration from 100ms to 5m',
      '17 services.c.interval | "50ms" | a duration from 200ms to 1d',
      '18 services.c.password | a literal value | a reference such as "${C_PASSWORD}"',
      "19 services.c.retries | 10 | less than 10",
      '20 services.c.mode | "slow" | "fast" or "deep"',
      "21 services.c.json.path | 1 | text",
      "21 services.c.json.equals | true | text or a number",
      '21 services.c.json.extra | the key "extra" | one of path, equals',
      '22 services.c.depends_on | "c" | a list',
      '23 services.d.url | the key "url" again | each key once (first on line 23)',
      '23 services.d.timeout | "fast" | a duration such as 30 or "30s"',
      '23 services.d.check_type | "smtp" | one of fake, plain',
      '25 slo | the key "slo" | no such key: not supported by this version',
    ]);
  });

  it("reports a reference without a value once, whatever the value should have been", () => {
    expect(faultsOf(oneService("url: fake://a", 'timeout: "${NOWHERE}"', 'name: "${EMPTY}"'))).toEqual([
      {
        path: "services.a.timeout",
        line: 4,
        found: '"${NOWHERE}"',
        expected: expect.stringContaining("variable NOWHERE"),
      },
      { path: "services.a.name", line: 5, found: '"${EMPTY}"', expected: expect.stringContaining("not empty") },
    ]);
  });

  it("reports every reference of a text that has no value, the same one once", () => {
    const faults = faultsOf(oneService("url: fake://a", 'name: "${ONE} ${TWO} ${ONE} ${3}"'));
    expect(faults.map(({ expected }) => expected)).toEqual([
      expect.stringContaining("variable ONE"),
      expect.stringContaining("variable TWO"),
      expect.stringContaining("a name as in"),
    ]);
  });

  it("reports everything that a check type says about one key", () => {
    expect(faultsOf(oneService("url: twice wrong")).map(({ expected }) => expected)).toEqual([
      "a URL",
      "without spaces",
    ]);
  });

  it("does not start a service whose check type gives no probe and no reason", () => {
    expect(faultsOf(oneService("url: silently refused"))).toEqual([
      { path: "services.a", line: 2, found: "a map", expected: "keys that the check type fake can use" },
    ]);
  });

  it("does not show a literal secret, whatever is wrong with it", () => {
    const faults = faultsOf(
      oneService(
        "url: fake://a",
        "password: 12345678",
        "headers: { X-API-Key: 98765432, cookie: sess-55 }",
        "tiemout: 1",
      ),
    );
    expect(faults.map(({ path, found }) => `${path}: ${found}`)).toEqual([
      "services.a.password: a literal value",
      "services.a.headers.X-API-Key: a literal value",
      "services.a.headers.cookie: a literal value",
      'services.a.tiemout: the key "tiemout"',
    ]);
    expect(JSON.stringify(faults)).not.toMatch(/12345678|98765432|sess-55/);
  });

  it("shows at most 80 characters of a value", () => {
    const [fault] = faultsOf(oneService(`url: ${"x".repeat(500)}`));
    expect(fault?.found).toBe(`"${"x".repeat(79)}…"`);
  });

  it("tells which list element closes a cycle", () => {
    const service = (id: string, needs: string) => `  ${id}: { url: "fake://x", depends_on: [${needs}] }`;
    const faults = faultsOf(
      ["services:", service("a", "d, b"), service("b", "c"), service("c", "a"), service("d", "")].join("\n"),
    );
    expect(faults).toEqual([
      { path: "services.c.depends_on[0]", line: 4, found: '"a"', expected: "no cycle (a → b → c → a)" },
    ]);
  });

  it.each(["", "# only a comment\n", "null", "just text", "[1, 2]", "5"])(
    "refuses %j, which holds no services",
    (text) => {
      expect(faultsOf(text)).toMatchObject([{ path: "", expected: "a map with the key services" }]);
    },
  );

  it.each(["services:", "services: {}", "services: []", "node: x"])("refuses %j, which has no service", (text) => {
    expect(faultsOf(text)).toMatchObject([{ path: "services", expected: "a map of 1 to 1000 services" }]);
  });

  it("accepts 1,000 services and refuses one more", () => {
    const services = (count: number) =>
      `services:\n${Array.from({ length: count }, (_, index) => `  s${index}: { url: "fake://s" }\n`).join("")}`;
    expect(configOf(services(1_000)).services).toHaveLength(1_000);
    expect(faultsOf(services(1_001))).toEqual([
      { path: "services", line: 1, found: "1001 services", expected: "a map of 1 to 1000 services" },
    ]);
  });

  it.each(["constructor", "__proto__", "toString", "a b", "ä", "a.b", "42", "a".repeat(65), "~"])(
    "refuses the service id %j",
    (id) => {
      const faults = faultsOf(`services: { good: { url: "fake://a" }, ${JSON.stringify(id)}: { url: "fake://a" } }`);
      expect(faults).toHaveLength(1);
      expect(faults[0]?.path).toMatch(/^services/);
    },
  );
});
