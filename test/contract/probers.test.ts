/**
 * The prober contract on every check type of the registry.
 */
import { describe, expect, it } from "vitest";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../../shared/probes/registry.ts";
import { configureProbe } from "../support/configured-probe.ts";
import { proberContract } from "./prober-contract.ts";
import { PROBERS, type CheckTypeName } from "./probers-under-test.ts";

for (const name of Object.keys(PROBERS) as CheckTypeName[]) {
  const { awaitsAnswer, settings } = PROBERS[name];
  proberContract(name, {
    awaitsAnswer,
    configure: (hostAndPort, secret) => configureProbe(CHECK_TYPES[name], settings(hostAndPort, secret)),
  });
}

describe("registry", () => {
  it("has the default check type", () => {
    expect(Object.keys(CHECK_TYPES)).toContain(DEFAULT_CHECK_TYPE);
  });
});
