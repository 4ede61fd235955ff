/** What a configuration says about alerts, as the program sees it, with the real channel types. */
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../shared/config/parse-config.ts";
import { NODE_ABILITIES, WORKERS_ABILITIES, type RuntimeAbilities } from "../../../shared/domain/runtime-abilities.ts";
import { CHANNEL_TYPES } from "../../../shared/notify/registry.ts";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../../../shared/probes/registry.ts";

const SERVICE = { url: "https://example.org/" };
const TOKENS = { tokens: { a: { hash: `sha256:${"0a".repeat(32)}` } } };
const CHANNELS = {
  phone: {
    type: "sms",
    account_sid: `AC${"0".repeat(32)}`,
    auth_token: "${SECRET}",
    from: "+15005550006",
    to: ["+15005550007"],
  },
  mail: { type: "email", host: "smtp.example.org", from: "a@example.org", to: ["b@example.org"] },
  chat: { type: "slack", webhook_url: "https://hooks.example.org/${SECRET}" },
  hook: { type: "webhook", url: "https://hooks.example.org/", secret: "${SECRET}" },
  lines: { type: "log" },
};

function parse(
  more: object,
  { service = {}, abilities = NODE_ABILITIES }: { service?: object; abilities?: RuntimeAbilities } = {},
) {
  return parseConfig(JSON.stringify({ services: { a: { ...SERVICE, ...service } }, auth: TOKENS, ...more }), {
    checkTypes: CHECK_TYPES,
    defaultCheckType: DEFAULT_CHECK_TYPE,
    channelTypes: CHANNEL_TYPES,
    defaultNode: "here",
    resolveReference: () => "canary-secret-of-enough-letters",
    abilities,
  });
}

function alertingOf(alerting: object) {
  const result = parse({ alerting });
  if (!result.ok) expect.unreachable(JSON.stringify(result.faults));
  return result.config.alerting;
}

describe("policies that nobody wrote", () => {
  it("are the seed's, with every channel in its place", () => {
    expect(alertingOf({ channels: CHANNELS }).policies).toEqual({
      critical: {
        steps: [
          { afterMs: 0, channels: ["chat", "hook"] },
          { afterMs: 300_000, channels: ["mail", "chat", "hook"] },
          { afterMs: 900_000, channels: ["phone", "mail", "chat", "hook"] },
        ],
      },
      warning: { steps: [{ afterMs: 900_000, channels: ["mail", "chat", "hook"] }] },
      info: { steps: [] },
    });
  });

  const { chat, hook, mail, phone, lines } = CHANNELS;
  it.each<[what: string, channels: object, critical: [number, string[]][]]>([
    [
      "mail alone",
      { mail },
      [
        [0, ["mail"]],
        [300, ["mail"]],
        [900, ["mail"]],
      ],
    ],
    [
      "SMS alone",
      { phone },
      [
        [0, ["phone"]],
        [900, ["phone"]],
      ],
    ],
    [
      "mail and SMS",
      { phone, mail },
      [
        [0, ["mail"]],
        [300, ["mail"]],
        [900, ["phone", "mail"]],
      ],
    ],
    [
      "SMS and a chat",
      { phone, chat },
      [
        [0, ["chat"]],
        [300, ["chat"]],
        [900, ["phone", "chat"]],
      ],
    ],
    [
      "a webhook",
      { hook },
      [
        [0, ["hook"]],
        [300, ["hook"]],
        [900, ["hook"]],
      ],
    ],
    ["the log alone", { lines }, []],
  ])("begin at once with the best channel that there is: %s", (_what, channels, critical) => {
    const { policies } = alertingOf({ channels });
    expect(policies.critical.steps.map((step) => [step.afterMs / 1_000, step.channels])).toEqual(critical);
    // Whoever hears first of what is critical hears of a warning as well.
    expect(policies.warning.steps.flatMap((step) => step.channels)).toEqual(critical[0]?.[1] ?? []);
  });

  it("have no step without a channel", () => {
    expect(alertingOf({}).policies).toEqual({ critical: { steps: [] }, warning: { steps: [] }, info: { steps: [] } });
  });
});

describe("a policy", () => {
  it("that is written counts as it is, and leaves the others as they were", () => {
    const policies = { critical: { steps: [{ channels: ["lines", "lines"] }, { after: "5m", channels: ["mail"] }] } };
    const { critical, warning } = alertingOf({ channels: CHANNELS, policies }).policies;
    expect(critical.steps).toEqual([
      { afterMs: 0, channels: ["lines"] },
      { afterMs: 300_000, channels: ["mail"] },
    ]);
    expect(warning.steps).toHaveLength(1);
  });
});

describe("a drill", () => {
  const HOUR_LONG = { kind: "weekly", durationMs: 3_600_000, untilMs: null };

  it.each<[drill: unknown, days: number | string[], start: string, zone: string]>([
    ["weekly", ["mon"], "10:00", "UTC"],
    [{}, ["mon"], "10:00", "UTC"],
    [{ day: "fri", at: "15:45", zone: "Europe/Berlin" }, ["fri"], "15:45", "Europe/Berlin"],
    [{ every: "day", at: "08:00" }, 7, "08:00", "UTC"],
  ])("of %j has its time", (...[drill, days, start, zone]) => {
    const found = alertingOf({ drill }).drill;
    expect(found).toMatchObject({ ...HOUR_LONG, start, zone });
    expect(typeof days === "number" ? found?.days.length : found?.days).toEqual(days);
  });

  it("is none where nobody asks for one", () => {
    expect(alertingOf({}).drill).toBeNull();
  });
});

describe("the machine of a service", () => {
  it.each([
    ["http://192.168.1.81:8080/health", "192.168.1.81"],
    ["https://NAS.home.lan/", "nas.home.lan"],
    ["http://[fd00::1]:80/", "fd00::1"],
    ["http://127.0.0.1:8080/", null],
    ["http://localhost/", null],
  ])("of %s is %s", (url, machine) => {
    const result = parse({}, { service: { url } });
    expect(result.ok && result.config.services[0]?.machine).toBe(machine);
  });
});

describe("on_firing", () => {
  it("runs no command on a host that cannot", () => {
    const result = parse({}, { service: { on_firing: { command: ["x"] } }, abilities: WORKERS_ABILITIES });
    expect(!result.ok && result.faults).toMatchObject([
      { path: "services.a.on_firing.command", expected: expect.stringContaining("runs no commands") },
    ]);
  });
});
