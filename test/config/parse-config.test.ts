/** `parseConfig` as a whole, on a fake check type: what comes out of a good file, and that faults never hide each other. */
import { describe, expect, it } from "vitest";
import type { Config } from "../../shared/config/config.ts";
import type { Fault } from "../../shared/config/fault.ts";
import { parseConfig, type ParseOptions } from "../../shared/config/parse-config.ts";
import { FAKE_REGISTRY } from "../support/fake-check-types.ts";

const VALUES: Readonly<Record<string, string>> = { TOKEN: "tok-7f3a9c", HOST: "node9", EMPTY: "", DOLLAR: "${HOST}" };

const OPTIONS: ParseOptions = {
  ...FAKE_REGISTRY,
  defaultNode: "this-node",
  resolveReference: (name) => VALUES[name] ?? null,
};

function configOf(text: string): Config {
  const result = parseConfig(text, OPTIONS);
  if (!result.ok) expect.unreachable(JSON.stringify(result.faults, null, 1));
  return result.config;
}

function faultsOf(text: string): readonly Fault[] {
  const result = parseConfig(text, OPTIONS);
  if (result.ok) expect.unreachable("accepted");
  return result.faults;
}

/** A file with one service whose further keys are the lines given. */
function oneService(...lines: string[]): string {
  return ["services:", "  a:", ...lines.map((line) => `    ${line}`)].join("\n");
}

async function settingsOf(config: Config, index = 0): Promise<unknown> {
  const observation = await config.services[index]?.probe({} as never); // the fake probe uses no context
  return observation?.details.data;
}

describe("parseConfig with a good file", () => {
  it("fills in every default", () => {
    const { services, ...rest } = configOf(oneService("url: fake://a"));
    expect(rest).toEqual({
      node: "this-node",
      intervals: { degradedMs: 15_000, unhealthyMs: 5_000, cleanupMs: 300_000 },
      hosts: [],
      retention: { blocksMs: 365 * 86_400_000 },
      degradedThresholdPercent: 70,
      maxConnections: 2_000,
    });
    expect(services).toEqual([
      {
        id: "a",
        name: "a",
        critical: false,
        checkType: "fake",
        timeoutMs: 10_000,
        intervalMs: 60_000,
        slowAfterMs: null,
        dependsOn: [],
        probe: expect.any(Function),
      },
    ]);
  });

  it("takes over every key, durations in milliseconds", () => {
    const config = configOf(`
node: worker-node4
hosts: [Monitor.home.lan]
intervals: { critical: 10, non_critical: 20s, degraded: 0.5, unhealthy: 200ms, cleanup: 1m }
retention: { blocks: 30d }
degraded_threshold: 66.6
max_connections: 10
services:
  base: { url: "fake://base", name: Base, critical: true, timeout: 5m, slow_after: 100ms, interval: 1d }
`);
    expect(config).toMatchObject({
      node: "worker-node4",
      hosts: ["monitor.home.lan"],
      intervals: { degradedMs: 500, unhealthyMs: 200, cleanupMs: 60_000 },
      retention: { blocksMs: 30 * 86_400_000 },
      degradedThresholdPercent: 66.6,
      maxConnections: 10,
    });
    expect(config.services[0]).toMatchObject({
      name: "Base",
      critical: true,
      timeoutMs: 300_000,
      slowAfterMs: 100,
      intervalMs: 86_400_000,
    });
  });

  it("probes critical and other services at the configured cadence unless they have their own", () => {
    const { services } = configOf(`
intervals: { critical: 10, non_critical: 20 }
services:
  a: { url: "fake://a", critical: true }
  b: { url: "fake://b" }
  c: { url: "fake://c", interval: 7 }
`);
    expect(services.map(({ intervalMs }) => intervalMs)).toEqual([10_000, 20_000, 7_000]);
  });

  it("keeps the services in the order of the file", () => {
    const { services } = configOf(`services: { zeta: {url: fake://z}, 9a: {url: fake://9}, alpha: {url: fake://a} }`);
    expect(services.map(({ id }) => id)).toEqual(["zeta", "9a", "alpha"]);
  });

  it("gives the check type its own keys only", async () => {
    const config = configOf(oneService("url: fake://a", "name: A", "timeout: 3", "mode: deep", "json: { path: a.b, equals: 3 }"));
    expect(await settingsOf(config)).toEqual({ url: "fake://a", mode: "deep", json: { path: "a.b", equals: 3 } });
  });

  it("configures the check type that the service names", () => {
    const { services } = configOf("services: { a: { check_type: plain, host: h } }");
    expect(services[0]?.checkType).toBe("plain");
  });

  it("reads JSON", () => {
    expect(configOf('{"services": {"a": {"url": "fake://a", "timeout": "5s"}}}').services[0]?.timeoutMs).toBe(5_000);
  });

  it("follows aliases of values and of whole maps", async () => {
    const config = configOf(`
services:
  a: { url: &where fake://a, json: &check { path: p, equals: 1 } }
  b: { url: *where, json: *check }
`);
    expect(await settingsOf(config, 1)).toEqual({ url: "fake://a", json: { path: "p", equals: 1 } });
  });

  it("is frozen to the last level", () => {
    const config = configOf("services: { a: { url: fake://a, depends_on: [b] }, b: { url: fake://b } }");
    expect(() => Object.assign(config.intervals, { degradedMs: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config.services[0] ?? {}, { name: "x" })).toThrow(TypeError);
    expect(() => Object.assign(config.services[0]?.dependsOn ?? {}, { length: 0 })).toThrow(TypeError);
  });
});

describe("parseConfig with references", () => {
  it("replaces them in any text and lists what they stood for", async () => {
    const result = parseConfig(
      `${oneService("url: fake://${HOST}/${TOKEN}", 'password: "${TOKEN}"', 'headers: { Authorization: "Bearer ${TOKEN}" }')}`,
      OPTIONS,
    );
    if (!result.ok) expect.unreachable(JSON.stringify(result.faults));
    expect(await settingsOf(result.config)).toEqual({
      url: "fake://node9/tok-7f3a9c",
      password: "tok-7f3a9c",
      headers: { Authorization: "Bearer tok-7f3a9c" },
    });
    expect(result.secrets).toEqual(["node9", "tok-7f3a9c"]);
  });

  it("keeps a value that looks like a reference as it is", async () => {
    const config = configOf(oneService("url: fake://a", 'password: "${DOLLAR}"'));
    expect(await settingsOf(config)).toMatchObject({ password: "${HOST}" });
  });

  it("reads $${ as a literal ${", async () => {
    const config = configOf(oneService("url: fake://a", 'headers: { x-a: "$${HOST} ${HOST} $5" }'));
    expect(await settingsOf(config)).toMatchObject({ headers: { "x-a": "${HOST} node9 $5" } });
  });

  it("leaves no secret in the configuration but in the probes", () => {
    const config = configOf(oneService("url: fake://a", 'password: "${TOKEN}"'));
    expect(JSON.stringify(config)).not.toContain("tok-7f3a9c");
  });

  it("never shows what a reference stands for, even if a check type says it", () => {
    const [fault, ...others] = faultsOf(oneService('url: "http://${TOKEN}"'));
    expect(others).toEqual([]);
    expect(fault).toEqual({
      path: "services.a.url",
      line: 3,
      found: '"http://${TOKEN}"',
      expected: "a URL that starts with fake://, not http://<secret>",
    });
  });

  it("refuses credentials that a reference brings into a URL", () => {
    const options = { ...OPTIONS, resolveReference: () => "user:pw@node9" };
    const result = parseConfig(oneService('url: "fake://${PLACE}/"'), options);
    expect(result).toMatchObject({
      ok: false,
      faults: [{ path: "services.a.url", found: '"fake://${PLACE}/"', expected: expect.stringContaining("no credentials in the URL") }],
    });
  });
});

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
`);
    expect(faults.map(({ path, line, found, expected }) => `${line} ${path} | ${found} | ${expected}`)).toEqual([
      "1 node | 5 | text",
      '2 hosts[0] | "http://x" | a host name without scheme and port',
      "2 hosts[2] | 7 | text",
      '3 intervals.hourly | the key "hourly" | one of critical, non_critical, degraded, unhealthy, cleanup',
      '3 intervals.critical | "soon" | a duration such as 30 or "30s"',
      "4 retention | 7 | a map",
      "5 degraded_threshold | 101 | at most 100",
      "6 max_connections | 0 | at least 1",
      '9 services.a.url | "http://wrong" | a URL that starts with fake://, not http://wrong',
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
      '21 services.c.json.extra | the key "extra" | no such key',
      '22 services.c.depends_on | "c" | a list',
      '23 services.d.url | the key "url" again | each key once (first on line 23)',
      '23 services.d.timeout | "fast" | a duration such as 30 or "30s"',
      '23 services.d.check_type | "smtp" | one of fake, plain',
      '24 role | the key "role" | no such key: not supported by this version',
    ]);
  });

  it("reports a reference without a value once, whatever the value should have been", () => {
    expect(faultsOf(oneService("url: fake://a", 'timeout: "${NOWHERE}"', 'name: "${EMPTY}"'))).toEqual([
      { path: "services.a.timeout", line: 4, found: '"${NOWHERE}"', expected: expect.stringContaining("variable NOWHERE") },
      { path: "services.a.name", line: 5, found: '"${EMPTY}"', expected: expect.stringContaining("not empty") },
    ]);
  });

  it("does not start a service whose check type gives no probe and no reason", () => {
    expect(faultsOf(oneService("url: silently refused"))).toEqual([
      { path: "services.a", line: 2, found: "a map", expected: "keys that the check type fake can use" },
    ]);
  });

  it("does not show a literal secret, whatever is wrong with it", () => {
    const faults = faultsOf(
      oneService("url: fake://a", "password: 12345678", "headers: { X-API-Key: 98765432, cookie: sess-55 }", "tiemout: 1"),
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
    const faults = faultsOf(["services:", service("a", "d, b"), service("b", "c"), service("c", "a"), service("d", "")].join("\n"));
    expect(faults).toEqual([
      { path: "services.c.depends_on[0]", line: 4, found: '"a"', expected: "no cycle (a → b → c → a)" },
    ]);
  });

  it.each(["", "# only a comment\n", "null", "just text", "[1, 2]", "5"])("refuses %j, which holds no services", (text) => {
    expect(faultsOf(text)).toMatchObject([{ path: "", expected: "a map with the key services" }]);
  });

  it.each(["services:", "services: {}", "services: []", "node: x"])("refuses %j, which has no service", (text) => {
    expect(faultsOf(text)).toMatchObject([{ path: "services", expected: "a map of 1 to 5000 services" }]);
  });

  it("accepts 5,000 services and refuses one more", () => {
    const services = (count: number) =>
      `services:\n${Array.from({ length: count }, (_, index) => `  s${index}: { url: "fake://s" }\n`).join("")}`;
    expect(configOf(services(5_000)).services).toHaveLength(5_000);
    expect(faultsOf(services(5_001))).toEqual([
      { path: "services", line: 1, found: "5001 services", expected: "a map of 1 to 5000 services" },
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
