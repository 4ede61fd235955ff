import { describe, expect, it } from "vitest";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { faultyKeys } from "../support/configured-probe.ts";

describe("configuration of check type redis", () => {
  it("keeps the password among the secrets", () => {
    expect(CHECK_TYPES.redis.secretKeys).toEqual(["password"]);
  });

  it.each([
    [{ host: "192.0.2.1" }, ["host"]],
    [{ host: "169.254.169.254:6379" }, ["host"]],
    [{ host: "192.0.2.1:6379", db: -1 }, ["db"]],
    [{ host: "192.0.2.1:6379", username: "me" }, ["password"]],
    [{ host: "nowhere", username: "me" }, ["host", "password"]],
    [{ host: "192.0.2.1:6379", tls: "yes" }, ["tls"]],
  ])("refuses %j", (settings, keys) => {
    expect(faultyKeys(CHECK_TYPES.redis, settings)).toEqual(keys);
  });
});
