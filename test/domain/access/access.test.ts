import { describe, expect, it } from "vitest";
import { accessVerdict, formatToken, nameOfToken, type Access } from "../../../shared/domain/access/access.ts";

const SECRET = "a".repeat(43);

describe("a token", () => {
  it("carries the name of whom it was made for", () => {
    expect(nameOfToken(formatToken("haproxy-1", SECRET))).toBe("haproxy-1");
  });

  it.each([
    ["another prefix", `lgx_agents_${SECRET}`],
    ["no name", `lgm__${SECRET}`],
    ["a long name", `lgm_${"a".repeat(33)}_${SECRET}`],
    ["a short secret", `lgm_agents_${SECRET.slice(1)}`],
    ["a long secret", `lgm_agents_${SECRET}a`],
    ["more lines", `lgm_agents_${SECRET}\n`],
  ])("is none with %s", (_what, text) => {
    expect(nameOfToken(text)).toBeNull();
  });
});

describe("accessVerdict", () => {
  const sha256 = "0123456789abcdef".repeat(4);
  const access = (expiresAtMs: number | null, scopes: ["read"] | []) =>
    ({ readsNeedToken: true, tokens: new Map([["agents", { sha256, scopes, expiresAtMs }]]) }) satisfies Access;
  const purpose = { scope: "read", nowMs: 1_000 } as const;

  it("allows what the token is good for", () => {
    expect(accessVerdict(access(null, ["read"]), { name: "agents", sha256 }, purpose)).toBe("allowed");
  });

  it("forbids what it is not good for", () => {
    expect(accessVerdict(access(null, []), { name: "agents", sha256 }, purpose)).toBe("forbidden");
  });

  it("ends at the very instant at which the token expires", () => {
    expect(accessVerdict(access(1_001, ["read"]), { name: "agents", sha256 }, purpose)).toBe("allowed");
    expect(accessVerdict(access(1_000, ["read"]), { name: "agents", sha256 }, purpose)).toBe("unauthorized");
  });

  it.each([0, 31, 63])("refuses a hash that differs only in digit %i", (index) => {
    const other = `${sha256.slice(0, index)}${sha256[index] === "0" ? "1" : "0"}${sha256.slice(index + 1)}`;
    expect(accessVerdict(access(null, ["read"]), { name: "agents", sha256: other }, purpose)).toBe("unauthorized");
  });

  it("refuses a name that nobody has, even with a hash of zeros", () => {
    expect(accessVerdict(access(null, ["read"]), { name: "b", sha256: "0".repeat(64) }, purpose)).toBe("unauthorized");
  });
});
