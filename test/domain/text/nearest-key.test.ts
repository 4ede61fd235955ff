/** Suggestions for mistyped names: close ones are found, far ones are not guessed. */
import { describe, expect, it } from "vitest";
import { nearestKey } from "../../../shared/domain/text/nearest-key.ts";

const KEYS = ["url", "host", "name", "timeout", "interval", "slow_after", "depends_on", "check_type"];

describe("nearestKey", () => {
  it.each([
    ["tiemout", "timeout"],
    ["timeouts", "timeout"],
    ["Timeout", "timeout"],
    ["dependsOn", "depends_on"],
    ["depend-on", "depends_on"],
    ["checktype", "check_type"],
    ["chek-typ", "check_type"],
    ["intervall", "interval"],
    ["uri", "url"],
    ["hosts", "host"],
  ])("takes %s for %s", (key, meant) => {
    expect(nearestKey(key, KEYS)).toBe(meant);
  });

  it.each(["", "x", "us", "password", "limit", "frequency", "interval_seconds"])("has no suggestion for %j", (key) => {
    expect(nearestKey(key, KEYS)).toBeUndefined();
  });

  it("prefers the closest, then the first", () => {
    expect(nearestKey("service_2", ["service_10", "service_1", "service_3"])).toBe("service_1");
  });
});
