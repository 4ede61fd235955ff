/** `parseConfig` as a whole, on a fake check type: what comes out of a good file, and what becomes of references. */
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../shared/config/parse-config.ts";
import type { Config } from "../../shared/config/sections/registry.ts";
import { CERTIFICATE_TIMES } from "../support/checks.ts";
import { configOf, FAKE_OPTIONS, faultsOf, oneService } from "../support/fake-config.ts";

async function settingsOf(config: Config, index = 0): Promise<unknown> {
  const finding = await config.services[index]?.probe({} as never); // the fake probe uses no context
  const body = finding?.details.body;
  return body && "json" in body ? body.json : undefined;
}

describe("parseConfig with a good file", () => {
  it("fills in every default", () => {
    const { services, ...rest } = configOf(oneService("url: fake://a"));
    expect(rest).toEqual({
      node: "this-node",
      auth: { readsNeedToken: false, tokens: new Map() },
      alerting: {
        channels: [],
        connectivityTargets: [],
        certificateTimes: CERTIFICATE_TIMES,
        drill: null,
        policies: { critical: { steps: [] }, warning: { steps: [] }, info: { steps: [] } },
      },
      public: null,
      routes: {},
      role: "primary",
      primary: null,
      heartbeat: null,
      intervals: {
        criticalMs: 30_000,
        nonCriticalMs: 60_000,
        degradedMs: 15_000,
        unhealthyMs: 5_000,
        cleanupMs: 300_000,
      },
      hosts: [],
      timezone: "UTC",
      retention: { blocksMs: 365 * 86_400_000 },
      degradedThresholdPercent: 70,
      maxConnections: 2_000,
      maxConcurrentProbes: 256,
      maxConnectionsPerAddress: 1_000,
      trustedProxies: [],
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
        startingGraceMs: 600_000,
        dependsOn: [],
        machine: null,
        group: null,
        impact: null,
        onFiring: null,
        remediate: null,
        remediationTimeoutMs: 0,
        alertRules: { severity: null, failures: 3, successes: 2, forMs: 0, flapping: true },
        probe: expect.any(Function),
        address: null,
        written: { url: "fake://a" },
        fingerprint: expect.any(String),
        redact: expect.any(Function),
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
max_concurrent_probes: 5
max_connections: 11
trusted_proxies: ["192.168.1.5", "fd00::/8"]
services:
  base: { url: "fake://base", name: Base, critical: true, timeout: 5m, slow_after: 100ms, interval: 1d }
`);
    expect(config).toMatchObject({
      node: "worker-node4",
      hosts: ["monitor.home.lan"],
      intervals: { degradedMs: 500, unhealthyMs: 200, cleanupMs: 60_000 },
      retention: { blocksMs: 30 * 86_400_000 },
      degradedThresholdPercent: 66.6,
      maxConcurrentProbes: 5,
      maxConnections: 11,
      maxConnectionsPerAddress: 6,
      trustedProxies: [
        { groups: [0, 0, 0, 0, 0, 0xffff, 0xc0a8, 0x0105], bits: 128 },
        { groups: [0xfd00, 0, 0, 0, 0, 0, 0, 0], bits: 8 },
      ],
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

  it("takes what people lack without what cannot be seen in it", () => {
    const { services } = configOf(
      `services: { a: { url: "fake://a", impact: " no \\u202esearch " }, b: { url: "fake://b" } }`,
    );
    expect(services.map(({ impact }) => impact)).toEqual(["no search", null]);
  });

  it("keeps the services in the order of the file", () => {
    const { services } = configOf(`services: { zeta: {url: fake://z}, 9a: {url: fake://9}, alpha: {url: fake://a} }`);
    expect(services.map(({ id }) => id)).toEqual(["zeta", "9a", "alpha"]);
  });

  it("gives the check type its own keys only", async () => {
    const config = configOf(
      oneService("url: fake://a", "name: A", "timeout: 3", "mode: deep", "json: { path: a.b, equals: 3 }"),
    );
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
      oneService(
        "url: fake://${HOST}/${TOKEN}",
        'password: "${TOKEN}"',
        'headers: { Authorization: "Bearer ${TOKEN}" }',
      ),
      FAKE_OPTIONS,
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

  it("shows what is wrong as it is written, and not what a reference stands for", () => {
    const [fault, ...others] = faultsOf(oneService('url: "http://${TOKEN}"'));
    expect(others).toEqual([]);
    expect(fault).toEqual({
      path: "services.a.url",
      line: 3,
      found: '"http://${TOKEN}"',
      expected: "a URL that starts with fake://",
    });
  });

  it("refuses credentials that a reference brings into a URL", () => {
    const options = { ...FAKE_OPTIONS, resolveReference: () => "user:pw@node9" };
    const result = parseConfig(oneService('url: "fake://${PLACE}/"'), options);
    expect(result).toMatchObject({
      ok: false,
      faults: [
        {
          path: "services.a.url",
          found: '"fake://${PLACE}/"',
          expected: expect.stringContaining("no credentials in the URL"),
        },
      ],
    });
  });
});

describe("the fingerprint of a service", () => {
  const fingerprintOf = (keys: string, secret = "s3cret-value", more = "") => {
    const text = `services: { a: { url: "fake://a", ${keys} }${more} }`;
    const result = parseConfig(text, { ...FAKE_OPTIONS, resolveReference: () => secret });
    return result.ok ? result.config.services[0]?.fingerprint : expect.unreachable(JSON.stringify(result.faults));
  };

  it("is another one with another way to be asked, and the same however it is shown, how often and whatever else is there", () => {
    const plain = fingerprintOf("retries: 1");
    expect(fingerprintOf("retries: 1", "", ', b: { url: "fake://b" }')).toBe(plain);
    expect(fingerprintOf("retries: 2")).not.toBe(plain);
    expect(fingerprintOf("retries: 1, limit: 3")).toBe(plain);
    expect(fingerprintOf("retries: 1, interval: 7, name: other, timeout: 3, critical: true")).toBe(plain);
  });

  it("tells nothing of what stands for a reference", () => {
    expect(fingerprintOf('password: "${P}"', "one-secret")).toBe(fingerprintOf('password: "${P}"', "another"));
  });
});
