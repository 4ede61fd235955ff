/**
 * The prober contract on every check type of the registry.
 */
import { describe, expect, it } from "vitest";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../../shared/probes/registry.ts";
import { configureProbe } from "../support/configured-probe.ts";
import { proberContract, type ProberUnderTest } from "./prober-contract.ts";

/** One entry per check type; without it this file does not compile. */
const PROBERS: Record<keyof typeof CHECK_TYPES, ProberUnderTest> = {
  http: {
    awaitsAnswer: true,
    configure: (hostAndPort, secret) =>
      configureProbe(CHECK_TYPES.http, {
        url: `http://${hostAndPort}/health?token=${secret}`,
        headers: { authorization: `Bearer ${secret}` },
        method: "POST",
        body: secret,
        json: { path: "status", operator: "equals", value: "ok" },
      }),
  },
  redis: {
    awaitsAnswer: true,
    configure: (host, password) => configureProbe(CHECK_TYPES.redis, { host, username: "monitor", password, db: 1 }),
  },
  tcp: { awaitsAnswer: false, configure: (host) => configureProbe(CHECK_TYPES.tcp, { host }) },
};

for (const [name, prober] of Object.entries(PROBERS)) proberContract(name, prober);

describe("registry", () => {
  it("has the default check type", () => {
    expect(Object.keys(CHECK_TYPES)).toContain(DEFAULT_CHECK_TYPE);
  });
});
