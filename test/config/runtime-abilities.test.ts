/**
 * What a configuration may ask depends on the host: intervals, private addresses, who may read.
 */
import { describe, expect, it } from "vitest";
import { parseConfig, type ConfigResult } from "../../shared/config/parse-config.ts";
import { NODE_ABILITIES, WORKERS_ABILITIES, type RuntimeAbilities } from "../../shared/domain/runtime-abilities.ts";
import { CHANNEL_TYPES } from "../../shared/notify/registry.ts";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../../shared/probes/registry.ts";

const HASH = `sha256:${"0a".repeat(32)}`;
const AUTH = { tokens: { agents: { hash: HASH } } };

function parse(configuration: object, abilities: RuntimeAbilities): ConfigResult {
  return parseConfig(JSON.stringify(configuration), {
    checkTypes: CHECK_TYPES,
    defaultCheckType: DEFAULT_CHECK_TYPE,
    channelTypes: CHANNEL_TYPES,
    defaultNode: "here",
    resolveReference: () => null,
    abilities,
  });
}

const places = (result: ConfigResult): string[] => (result.ok ? [] : result.faults.map(({ path }) => path));
const onWorkers = (service: object) => parse({ services: { a: service }, auth: AUTH }, WORKERS_ABILITIES);

describe("on Workers", () => {
  it.each([
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.177",
    "100.64.0.1",
    "100.127.255.254",
    "[fd00::1]",
    "[fc00::1]",
    "[::ffff:192.168.1.1]",
  ])("%s is out of reach without via", (host) => {
    expect(places(onWorkers({ url: `http://${host}/` }))).toEqual(["services.a.url"]);
    expect(places(onWorkers({ check_type: "tcp", host: `${host}:80` }))).toEqual(["services.a.host"]);
    expect(places(onWorkers({ url: `http://${host}/`, via: "LAN" }))).toEqual([]);
  });

  it.each(["9.255.255.255", "172.15.0.1", "172.32.0.1", "192.167.1.1", "100.63.0.1", "100.128.0.1", "[2001:db8::1]"])(
    "%s is within reach",
    (host) => expect(places(onWorkers({ url: `http://${host}/` }))).toEqual([]),
  );

  it("certificates are always verified", () => {
    expect(places(onWorkers({ url: "https://a/", verify_tls: false }))).toEqual(["services.a.verify_tls"]);
  });

  it("every fault of a service is named, not only the first", () => {
    const service = { url: "http://10.0.0.1/", method: "HEAD", keyword: "ok", verify_tls: false };
    expect(places(onWorkers(service)).sort()).toEqual(["services.a.method", "services.a.url", "services.a.verify_tls"]);
  });

  it("shorter intervals are those of a round, longer ones stay", () => {
    const services = { a: { url: "http://a/", interval: 5 }, b: { url: "http://b/", interval: 300 } };
    const result = parse({ services, auth: AUTH }, WORKERS_ABILITIES);
    expect(result.ok && result.config.services.map(({ intervalMs }) => intervalMs)).toEqual([60_000, 300_000]);
  });

  it("reading always needs a token, and one must exist", () => {
    const services = { a: { url: "http://a/" } };
    const result = parse({ services, auth: AUTH }, WORKERS_ABILITIES);
    expect(result.ok && result.config.auth.readsNeedToken).toBe(true);
    expect(places(parse({ services }, WORKERS_ABILITIES))).toEqual(["auth.tokens"]);
    expect(places(parse({ services, auth: { ...AUTH, reads: "open" } }, WORKERS_ABILITIES))).toEqual(["auth.reads"]);
  });
});

describe("on Node", () => {
  const services = { a: { url: "http://192.168.1.177/", interval: 5, via: "LAN" } };

  it("private addresses and short intervals are what it is there for, and via changes nothing", () => {
    const result = parse({ services }, NODE_ABILITIES);
    expect(result.ok && result.config.services.map(({ intervalMs }) => intervalMs)).toEqual([5_000]);
  });

  it("reading is open unless the configuration says otherwise", () => {
    const open = parse({ services }, NODE_ABILITIES);
    const closed = parse({ services, auth: { ...AUTH, reads: "token" } }, NODE_ABILITIES);
    expect(open.ok && open.config.auth.readsNeedToken).toBe(false);
    expect(closed.ok && closed.config.auth).toEqual({
      readsNeedToken: true,
      tokens: new Map([["agents", { sha256: "0a".repeat(32), scopes: ["read"], expiresAtMs: null }]]),
    });
    expect(places(parse({ services, auth: { reads: "token" } }, NODE_ABILITIES))).toEqual(["auth.tokens"]);
  });

  it.each([
    ["a token in place of its hash", { agents: { hash: `lgm_agents_${"a".repeat(43)}` } }, "auth.tokens.agents.hash"],
    ["a scope that nobody knows", { agents: { hash: HASH, scopes: ["write"] } }, "auth.tokens.agents.scopes[0]"],
    ["no scope", { agents: { hash: HASH, scopes: [] } }, "auth.tokens.agents.scopes"],
    ["an end without a zone", { agents: { hash: HASH, expires: "2027-01-01" } }, "auth.tokens.agents.expires"],
    ["an unknown key", { agents: { hash: HASH, token: "x" } }, "auth.tokens.agents.token"],
    ["a name that no token can carry", { Agents_1: { hash: HASH } }, "auth.tokens.Agents_1"],
  ])("refuses %s", (_what, tokens, place) => {
    expect(places(parse({ services, auth: { tokens } }, NODE_ABILITIES))).toEqual([place]);
  });
});
