/** What counts as a secret in a configuration file, and what must not be taken for one. */
import { describe, expect, it } from "vitest";
import type { Path } from "../../shared/config/fault.ts";
import {
  hasUserinfo,
  isLiteral,
  isWebhook,
  maskUserinfo,
  suggestReference,
} from "../../shared/config/secret-literals.ts";
import { SECTIONS, type Sections } from "../../shared/config/sections/registry.ts";
import { FAKE_REGISTRY } from "../support/fake-check-types.ts";

describe("a secret place", () => {
  const sections: Sections = SECTIONS;
  const isSecretPlace = ([name = "", ...path]: Path) => sections[name]?.isSecret(path, FAKE_REGISTRY) ?? false;

  it.each<[Path]>([
    [["services", "redis", "password"]],
    [["services", "redis", "password", "nested"]],
    [["services", "api", "headers", "Authorization"]],
    [["services", "api", "headers", "PROXY-AUTHORIZATION"]],
    [["services", "api", "headers", "cookie"]],
    [["services", "api", "headers", "X-API-Key"]],
    [["services", "api", "headers", "api-key"]],
    [["services", "api", "headers", "X-Auth-Token"]],
    [["services", "api", "headers", "PRIVATE-TOKEN"]],
    [["services", "api", "headers", "X-Amz-Security-Token"]],
    [["services", "api", "headers", "Ocp-Apim-Subscription-Key"]],
    [["services", "api", "headers", "x-apikey"]],
    [["services", "api", "headers", "X-Client-Secret"]],
    [["services", "api", "headers", "X-Session-Id"]],
    [["services", "api", "headers", "X-Auth"]],
  ])("holds %j", (path) => {
    expect(isSecretPlace(path)).toBe(true);
  });

  it.each<[Path]>([
    [["services", "password"]],
    [["services", "password", "url"]],
    [["services", "api", "cookie"]],
    [["services", "api", "headers"]],
    [["services", "api", "headers", "accept"]],
    [["services", "api", "headers", "Idempotency-Key"]],
    [["services", "api", "headers", "X-Author"]],
    [["services", "api", "headers", "X-Monkey"]],
    [["services", "api", "headers", "X-Token-Kind"]],
    [["services", "api", "json", "password"]],
    [["intervals", "redis", "password"]],
    [[]],
  ])("does not hold %j", (path) => {
    expect(isSecretPlace(path)).toBe(false);
  });
});

describe("isLiteral", () => {
  it.each(["hunter2", "", "$${TOKEN}", "${not a name}", 12345678, true])("is true for %j", (value) => {
    expect(isLiteral(value)).toBe(true);
  });

  it.each(["${TOKEN}", "Bearer ${TOKEN}", "$${x} ${TOKEN}", null])("is false for %j", (value) => {
    expect(isLiteral(value)).toBe(false);
  });
});

describe("isWebhook", () => {
  it.each([
    "https://hooks.slack.com/services/T0/B0/xyz",
    "see HTTPS://HOOKS.SLACK.COM/workflows/T0",
    "https://discord.com/api/webhooks/1/xyz",
    "https://discordapp.com/api/v10/webhooks/1/xyz",
  ])("is true for %s", (text) => {
    expect(isWebhook(text)).toBe(true);
  });

  it.each([
    "https://hooks.slack.com/services/${SLACK}",
    "https://hooks.slack.com/",
    "https://discord.com/channels/1",
    5,
  ])("is false for %s", (value) => {
    expect(isWebhook(value)).toBe(false);
  });
});

describe("hasUserinfo", () => {
  it.each([
    ["http://user:pw@host/", "http://<secret>@host/"],
    ["http://user@host", "http://<secret>@host"],
    ["redis://:pw@host:6379", "redis://<secret>@host:6379"],
    [" HTTP:\\\\user:p@w@host", " HTTP:\\\\<secret>@host"],
    ["https:/user:pw@host", "https:/<secret>@host"],
  ])("is true for %s, which is shown as %s", (text, masked) => {
    expect(hasUserinfo(text)).toBe(true);
    expect(maskUserinfo(text)).toBe(masked);
  });

  it.each(["http://host/@me", "http://host?mail=a@b", "http://host/#a@b", "admin@host", "mailto:a@b", "a: b@c", 5])(
    "is false for %s",
    (value) => {
      expect(hasUserinfo(value)).toBe(false);
      expect(maskUserinfo(String(value))).toBe(String(value));
    },
  );
});

describe("suggestReference", () => {
  it.each([
    [["services", "redis", "password"], "${REDIS_PASSWORD}"],
    [["services", "my-api", "headers", "X-Api-Key"], "${MY_API_X_API_KEY}"],
    [["services", "9to5", "password"], "${_9TO5_PASSWORD}"],
  ])("names %j %s", (path, reference) => {
    expect(suggestReference(path)).toBe(reference);
  });
});
