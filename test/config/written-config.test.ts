/** What of a configuration is shown to people, and what is not. */
import { describe, expect, it } from "vitest";
import { makeRedactor, redactNothing } from "../../shared/domain/text/redact.ts";
import { writtenConfig } from "../../shared/config/written-config.ts";

const TEXT = `
# password: hunter2
x-usual: &usual { timeout: 5, critical: true }
services:
  tools: { <<: *usual, url: "http://10.0.0.7/?key=\${KEY}" }
  redis: { check_type: redis, host: "redis:6379", password: "\${REDIS_PASSWORD}" }
auth: { tokens: { anna: { hash: "sha256:${"a1".repeat(32)}", scopes: [admin] } } }
`;

describe("a configuration as it is written", () => {
  it("follows aliases and merges, keeps references, and has no comment and no hash in it", () => {
    expect(writtenConfig(TEXT, redactNothing)).toEqual({
      "x-usual": { timeout: 5, critical: true },
      services: {
        tools: { timeout: 5, critical: true, url: "http://10.0.0.7/?key=${KEY}" },
        redis: { check_type: "redis", host: "redis:6379", password: "${REDIS_PASSWORD}" },
      },
      auth: { tokens: { anna: { hash: "<hash>", scopes: ["admin"] } } },
    });
  });

  it("hides a secret that somebody has written out as well", () => {
    const shown = JSON.stringify(writtenConfig("node: the-real-password-of-redis", makeRedactor(["real-password"])));
    expect(shown).not.toContain("real-password");
  });

  it("is nothing where it cannot be read", () => {
    expect(writtenConfig("services: [", redactNothing)).toBeNull();
    const deep = `${"[".repeat(100)}${"]".repeat(100)}`;
    expect(writtenConfig(`services: ${deep}`, redactNothing)).toBeNull();
  });
});
