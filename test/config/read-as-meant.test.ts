/** What an author can have meant one way only: references that stand for numbers, and keys whose content is commented out. */
import { describe, expect, it } from "vitest";
import { parseConfig, type ConfigResult } from "../../shared/config/parse-config.ts";
import { NODE_ABILITIES } from "../../shared/domain/runtime-abilities.ts";
import { CHANNEL_TYPES } from "../../shared/notify/registry.ts";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../../shared/probes/registry.ts";

function parse(text: string, values: Readonly<Record<string, string>> = {}): ConfigResult {
  return parseConfig(text, {
    checkTypes: CHECK_TYPES,
    defaultCheckType: DEFAULT_CHECK_TYPE,
    channelTypes: CHANNEL_TYPES,
    defaultNode: "this-node",
    abilities: NODE_ABILITIES,
    resolveReference: (name) => values[name] ?? null,
  });
}

function configOf(text: string, values?: Readonly<Record<string, string>>) {
  const result = parse(text, values);
  return result.ok ? result.config : expect.unreachable(JSON.stringify(result.faults));
}

function faultsOf(text: string, values?: Readonly<Record<string, string>>): string[] {
  const result = parse(text, values);
  if (result.ok) expect.unreachable("accepted");
  return result.faults.map(({ path, found, expected }) => `${path} | ${found} | ${expected}`);
}

const api = (...keys: string[]): string => `services:\n  api: { ${["url: http://192.0.2.1/", ...keys].join(", ")} }\n`;

describe("a reference that stands alone", () => {
  it.each([
    ['timeout: "${V}"', "30", { timeoutMs: 30_000 }],
    ['timeout: "${V}"', "0.5", { timeoutMs: 500 }],
    ['timeout: "${V}"', "45s", { timeoutMs: 45_000 }],
    ['interval: "${V}"', "1e2", { intervalMs: 100_000 }],
    ['critical: "${V}"', "true", { critical: true }],
    ['flapping: "${V}"', "false", { alertRules: { flapping: false } }],
    ['failures: "${V}"', "7", { alertRules: { failures: 7 } }],
    ['on_firing: { command: [/bin/true], cooldown: "${V}" }', "60", { onFiring: { cooldownMs: 60_000 } }],
  ])("is a number, true or false where one belongs: %s with %s", (key, V, service) => {
    expect(configOf(api(key), { V }).services[0]).toMatchObject(service);
  });

  it("is a number in every section, in lists, and in channels", () => {
    const text = `degraded_threshold: \${PERCENT}
max_connections: \${COUNT}
retention: { blocks: "\${SECONDS}" }
alerting:
  certificate_days: [30, "\${DAYS}"]
  channels:
    mail: { type: email, host: smtp.example.org, port: "\${PORT}", from: a@example.org, to: [b@example.org] }
${api('expect_status: ["${STATUS}", 2xx]')}`;
    const values = { PERCENT: "66.5", COUNT: "12", SECONDS: "86400", DAYS: "7", PORT: "2525", STATUS: "204" };
    expect(configOf(text, values)).toMatchObject({
      degradedThresholdPercent: 66.5,
      maxConnections: 12,
      retention: { blocksMs: 86_400_000 },
      alerting: { certificateTimes: { criticalMs: 7 * 86_400_000 } },
    });
  });

  it("stays text where text may stand, and is kept out of sight as before", () => {
    const text = `node: "\${N}"\nservices:\n  cache: { check_type: redis, host: "192.0.2.1:6379", name: "\${B}", password: "\${N}" }\n`;
    const result = parse(text, { N: "123456", B: "true" });
    expect(result).toMatchObject({ ok: true, secrets: ["123456", "true"] });
    expect(result).toMatchObject({ config: { node: "123456", services: [{ name: "true" }] } });
  });

  it.each([
    ['timeout: "${V}"', "900", 'services.api.timeout | "${V}" | a duration from 100ms to 5m'],
    ['timeout: "${V}"', "soon", 'services.api.timeout | "${V}" | a duration such as 30 or "30s"'],
    ['failures: "${V}"', "1e999", 'services.api.failures | "${V}" | a number'],
    ['failures: "${V}"', "0x5", 'services.api.failures | "${V}" | a number'],
    ['critical: "${V}"', "yes", 'services.api.critical | "${V}" | true or false'],
    ['depends_on: ["${V}"]', "1234", 'services.api.depends_on[0] | "${V}" | the id of a service'],
    ['failures: "${V}0"', "1", 'services.api.failures | "${V}0" | a number'],
  ])("is refused where it fits nothing, without its value: %s with %s", (key, V, fault) => {
    expect(faultsOf(api(key), { V })).toEqual([fault]);
  });

  it("leaves text in quotes text", () => {
    expect(faultsOf(api('failures: "5"'))).toEqual(['services.api.failures | "5" | a number']);
  });
});

describe("a key with nothing after it", () => {
  it.each([
    "alerting:\n  # channels:\n  #   slack: { type: slack }\n",
    "alerting:\n  channels:\n  policies:\n    # critical:\n",
    "alerting: { certificate_days: , connectivity_targets: , policies: { critical: , warning: } }",
    "auth:\nintervals:\nretention:\nheartbeat:\nprimary:\n",
    "auth:\n  tokens:\n",
    "hosts:\n  # - monitor.lan\ntrusted_proxies:\n",
  ])("is as if it were not there where a map or a list would stand: %j", (section) => {
    const { services: _, ...without } = configOf(api());
    const { services: _services, ...config } = configOf(`${section}\n${api()}`);
    expect(config).toEqual(without);
  });

  it("is so within a service", () => {
    const [plain] = configOf(api()).services;
    const [service] = configOf(api("headers: ", "json: ", "expect_status: ", "depends_on: ", "on_firing: ")).services;
    expect({ ...service, fingerprint: null }).toEqual({
      ...plain,
      fingerprint: null,
      probe: expect.any(Function),
      redact: expect.any(Function),
      written: expect.any(Object),
    });
  });

  it.each([
    ["services:\n", "services | nothing | a map of 1 to 1000 services"],
    ["services: { api: }", "services.api | nothing | a map of the keys of the service"],
    [`alerting: { channels: { slack: } }\n${api()}`, "alerting.channels.slack | nothing | a map"],
    [`auth: { tokens: { agents: } }\n${api()}`, "auth.tokens.agents | nothing | a map"],
    [`role: standby\nprimary:\n${api()}`, "primary | nothing | the section primary, because a standby watches it"],
    [api("timeout: "), 'services.api.timeout | nothing | a duration such as 30 or "30s"'],
    [api("critical: "), "services.api.critical | nothing | true or false"],
  ])("is refused where something must stand: %j", (text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });
});

describe("a value of which one form is meant", () => {
  it("is told what is wrong within it, not that it should have another form", () => {
    expect(faultsOf(api("json: { status: ok }"))).toEqual([
      "services.api.json.path | nothing | text",
      expect.stringMatching(/^services\.api\.json\.operator \| nothing \| "equals"/),
      'services.api.json.status | the key "status" | one of path, operator, value',
    ]);
    expect(faultsOf(api("json: [{ path: a, operator: is }]"))).toEqual([
      expect.stringMatching(/^services\.api\.json\[0\]\.operator \| "is" \| "equals"/),
    ]);
  });

  it("is told of all its forms when it has none of them", () => {
    expect(faultsOf(api("json: ok"))).toEqual(['services.api.json | "ok" | a map or a list']);
  });
});
