/** References in URLs: the target gets the value, whatever it is, and nothing of it gets lost. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeInUrl } from "../../shared/config/encode-in-url.ts";
import { parseConfig } from "../../shared/config/parse-config.ts";
import { parseUrl } from "../../shared/domain/net/target.ts";
import { FAKE_OPTIONS, oneService } from "../support/fake-config.ts";

const values = fc.oneof(
  fc.constantFrom(
    "a#b",
    "50%",
    "%2F",
    "a b",
    "ü#€",
    'q"uo"te',
    "a&b=c",
    "1+1",
    "a?b",
    "a\\b",
    "[x]",
    "{y}|^`",
    "%2e%2e",
    "..a",
    "..;/a",
  ),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
);

/** Refused; a value of `%2e` is encoded, and no step. */
const isStep = (value: string) => value.split("/").some((segment) => /^\.{1,2}$/.test(segment));

describe("encodeInUrl", () => {
  it("gives the target the value as part of the path", () => {
    fc.assert(
      fc.property(values, (value) => {
        fc.pre(!isStep(value));
        const before = "https://api.example/bot";
        const path = parseUrl(`${before}${encodeInUrl(value, before)}/x?y=1`)?.path ?? "";
        expect(decodeURIComponent(path)).toBe(`/bot${value.toWellFormed()}/x?y=1`);
      }),
    );
  });

  it("gives the target the value as a parameter", () => {
    fc.assert(
      fc.property(values, (value) => {
        const before = "https://api.example/x?token=";
        const target = parseUrl(`${before}${encodeInUrl(value, before)}&y=1`);
        const { searchParams } = new URL(target?.href ?? "");
        expect([searchParams.get("token"), searchParams.get("y")]).toEqual([value.toWellFormed(), "1"]);
      }),
    );
  });

  it.each([
    ["node9:8080", "http://"],
    ["http://node9:8080/a?b", ""],
    ["9", "http://node"],
  ])("leaves %s behind %j as it is: it is no part of path or query", (value, before) => {
    expect(encodeInUrl(value, before)).toBe(value);
  });
});

describe("a URL in the configuration", () => {
  const parse = (line: string, value: string) =>
    parseConfig(oneService(line), { ...FAKE_OPTIONS, resolveReference: () => value });

  it("is encoded behind a reference that is its beginning, too", async () => {
    const result = parse('url: "${BASE}/x/${BASE}?t=${BASE}"', "fake://a/b&c#d");
    const finding = result.ok ? await result.config.services[0]?.probe({} as never) : null;
    expect(finding?.details.body).toEqual({
      json: { url: "fake://a/b&c#d/x/fake://a/b&c%23d?t=fake://a/b%26c%23d" },
    });
  });

  it.each([
    ["/api/${T}/x", ".."],
    ["/api/${T}", "../admin"],
    ["/api/${T}/x", "a/./b"],
    ["/api/${T}?x=1", ".."],
    ["/api/${T}/x", "a/.."],
    ["/api/.${T}/x", "."],
    ["/api/${T}${T}/x", "."],
    ["/api/%2${T}/x", "e"],
    ["/api/${T}\\\\x", ".."],
  ])("is refused when a reference makes a step of its path: %s, %s", (path, value) => {
    const result = parse(`url: "fake://h${path}"`, value);
    const [fault] = result.ok ? [] : result.faults;
    expect(fault).toMatchObject({ path: "services.a.url", line: 3, expected: expect.stringContaining("${T}") });
    expect(fault?.found).not.toContain(`/${value}/`);
  });

  it.each([
    ["/api/../${T}/x", "a"],
    ["/api/${T}/x", "%2e%2e"],
    ["/api/x${T}/x", ".."],
    ["/api?x=/${T}/x", ".."],
  ])("is taken when the steps are those of its author, or none: %s, %s", (path, value) => {
    expect(parse(`url: "fake://h${path}"`, value).ok).toBe(true);
  });

  it("is not encoded under other keys", async () => {
    const result = parse('{ url: "fake://a", headers: { x: "http://a/${T}" } }', "a#b");
    const finding = result.ok ? await result.config.services[0]?.probe({} as never) : null;
    expect(finding?.details.body).toMatchObject({ json: { headers: { x: "http://a/a#b" } } });
  });

  it("has no fragment: nobody would be sent it", () => {
    expect(parseUrl("http://a/x#y")).toBeNull();
    expect(parseUrl("#y", "http://a/x")?.href).toBe("http://a/x");
  });
});
