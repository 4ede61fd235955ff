/** Redaction: for any secret, in any position and encoding that it promises to know, the output lacks it. */
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/domain/monitoring/check.ts";
import { makeRedactor, redactJson } from "../../../shared/domain/text/redact.ts";
import { WAIT_LIMIT_MS } from "../../support/time-limits.ts";

/** Passwords as people and generators make them; without < and >, which mark the placeholder and the place. */
const secrets = fc
  .oneof(
    fc.string({
      unit: fc.constantFrom(..."abcXYZ0189!\"#$%&'()*+,-./:;=?@[\\]^_`{|}~ \t\n"),
      minLength: 4,
      maxLength: 40,
    }),
    fc.string({ unit: "binary", minLength: 4, maxLength: 20 }).filter((text) => !/[<>]/.test(text)),
  )
  .filter((secret) => !"<secret>".includes(secret));

const surroundings = fc.string({ unit: "grapheme", maxLength: 12 });

const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  "URL component": (text) => encodeURIComponent(text.toWellFormed()),
  "URL component with small letters": (text) =>
    encodeURIComponent(text.toWellFormed()).replace(/%../g, (escape) => escape.toLowerCase()),
  "URL path": (text) => encodeURI(text.toWellFormed()),
  form: (text) => new URLSearchParams([["", text]]).toString().slice(1),
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  "JSON in ASCII": (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  "URL component in a URL": (text) => encodeURIComponent(encodeURIComponent(text.toWellFormed())),
  "URL component in a URL in a URL": (text) =>
    encodeURIComponent(encodeURIComponent(encodeURIComponent(text.toWellFormed()))),
  hex: (text) => Buffer.from(text).toString("hex"),
  "hex with capitals": (text) => Buffer.from(text).toString("hex").toUpperCase(),
  "hex escapes": (text) =>
    Buffer.from(text)
      .toString("hex")
      .replace(/../g, String.raw`\x$&`),
  "HTML by names": (text) =>
    text.replace(/[&<>"']/g, (each) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[each] ?? "&#39;"),
  "HTML by numbers": (text) =>
    [...text.toWellFormed()].map((each) => `&#${String(each.codePointAt(0)).padStart(3, "0")};`).join(""),
  "HTML by hex numbers": (text) =>
    [...text.toWellFormed()].map((each) => `&#x${each.codePointAt(0)?.toString(16).padStart(4, "0")};`).join(""),
  "a literal in single quotes": (text) =>
    text.replace(/[\\']/g, String.raw`\$&`).replace(/[\n\t\r]/g, (each) => JSON.stringify(each).slice(1, -1)),
  "a literal of Latin letters": (text) =>
    text.replace(/[^ -~]|[\\'"]/g, (unit) => {
      const code = unit.charCodeAt(0).toString(16);
      return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
    }),
  "a word of the shell": (text) =>
    text.replace(/[!-/:-@[-`{-~ ]/g, String.raw`\$&`).replace(/[\n\t\r]/g, (each) => JSON.stringify(each).slice(1, -1)),
  "JSON with escaped slashes": (text) => JSON.stringify(text).slice(1, -1).replaceAll("/", "\\/"),
};

/** Counts overlapping occurrences too. */
function occurrencesOf(secret: string, text: string): number {
  return Array.from({ length: text.length }, (_, index) => text.startsWith(secret, index)).filter(Boolean).length;
}

/** Runs a property often enough to meet every alignment and character class. */
function check<Values extends unknown[]>(property: fc.IProperty<Values>): void {
  fc.assert(property, { numRuns: 1_000 });
}

describe("makeRedactor", () => {
  it("removes a secret from anywhere in a text, in each encoding", () => {
    check(
      fc.property(secrets, surroundings, surroundings, (secret, before, after) => {
        const redact = makeRedactor([secret]); // the dear part
        for (const [encoding, encode] of Object.entries(ENCODINGS)) {
          const redacted = redact(`${before}<${encode(secret)}>${after}`);
          expect(redacted, encoding).toContain("<<secret>>");
          expect(redacted, encoding).not.toContain(encode(secret));
        }
      }),
    );
  });

  it("removes every character of base64 and base64url that the secret has a part in, and no other", () => {
    const bytesOf = (text: string) => Buffer.from(text).length;
    check(
      fc.property(secrets, surroundings, surroundings, (secret, before, after) => {
        fc.pre(occurrencesOf(secret, `${before}${secret}${after}`) === 1);
        const redact = makeRedactor([secret]);
        const start = Math.floor((bytesOf(before) * 8) / 6);
        const end = Math.ceil(((bytesOf(before) + bytesOf(secret)) * 8) / 6);
        for (const encoding of ["base64", "base64url"] as const) {
          const encoded = Buffer.from(`${before}${secret}${after}`).toString(encoding);
          expect(redact(encoded), encoding).toBe(`${encoded.slice(0, start)}<secret>${encoded.slice(end)}`);
        }
      }),
    );
  });

  it("accepts a secret that is not well-formed text", () => {
    const secret = "ab\ud800cd";
    expect(makeRedactor([secret])(`${secret} ${encodeURIComponent(secret.toWellFormed())}`)).toBe("<secret> <secret>");
  });

  it("finds what Python shows of a text with both quotes", () => {
    expect(makeRedactor([`a"b'c`])(String.raw`{'token': 'a"b\'c'}`)).toBe("{'token': '<secret>'}");
  });

  it.each([
    ["p%40ss", "p@ss"],
    ["p%2540ss", "p@ss"],
    ["p%2540ss", "p%40ss"],
    ["50%2Foff%", "50/off%"],
    ["%zz%40a%ff%40", "%zz@a%ff%40"],
    ["a%20b%C3%A9", "a bé"],
    ["a+b%21c", "a b!c"],
    [String.raw`pa\u0073s\"wd`, 'pass"wd'],
  ])("finds a secret that is kept encoded, such as %j, also as what it stands for: %j", (secret, meant) => {
    const redact = makeRedactor([secret]);
    expect(redact(`a: ${secret}, b: ${meant}.`)).toBe("a: <secret>, b: <secret>.");
    expect(redact(Buffer.from(meant).toString("base64"))).toMatch(/^<secret>=*$/);
  });

  it("finds long secrets in upper and lower case, and short ones, which may be words, only as they are", () => {
    expect(makeRedactor(["S3cr3t-Half"])("s3cr3t-half S3CR3T-HALF s3cr3t%2dhalf")).toBe("<secret> <secret> <secret>");
    expect(makeRedactor(["Healthy"])("healthy Healthy")).toBe("healthy <secret>");
  });

  it("leaves the user of basic authentication readable", () => {
    const redact = makeRedactor(["hunter2!"]);
    expect(redact(`Basic ${btoa("admin:hunter2!")}`)).toBe(`Basic ${btoa("admin:").slice(0, 8)}<secret>=`);
    expect(redact(`Basic ${btoa("me:hunter2!")}`)).toBe(`Basic ${btoa("me:")}<secret>=`);
  });

  it("finds base64 that is itself percent-encoded or JSON-escaped", () => {
    const redact = makeRedactor(["~~~???>>>"]); // fn5+Pz8/Pj4+
    expect(redact("fn5%2BPz8%2fPj4%2B")).toBe("<secret>");
    expect(redact(String.raw`fn5+Pz8\/Pj4+`)).toBe("<secret>");
    expect(redact("fn5-Pz8_Pj4-")).toBe("<secret>");
  });

  it("removes several secrets, also where they overlap or contain each other", () => {
    const redact = makeRedactor(["abcd", "cdef", "abcdefgh"]);
    expect(redact("abcdef")).toBe("<secret>");
    expect(redact("xabcdefghx abcd cdefx")).toBe("x<secret>x <secret> <secret>x");
    expect(redact("abcdabcd")).toBe("<secret>");
  });

  it("leaves no character of a secret that overlaps itself", () => {
    expect(makeRedactor(["aaaa"])("baaaaaab")).toBe("b<secret>b");
  });

  it("keeps texts without a secret as they are", () => {
    check(
      fc.property(secrets, fc.string({ unit: fc.constantFrom(..."vw <>"), maxLength: 200 }), (secret, text) => {
        fc.pre(!text.includes(secret));
        expect(makeRedactor([secret])(text)).toBe(text);
      }),
    );
  });

  it("ignores values that are too short to hide, the empty one above all", () => {
    const text = "abc 123";
    expect(makeRedactor(["", "a", "abc"])(text)).toBe(text);
    expect(makeRedactor([])(text)).toBe(text);
  });

  it("takes the characters of a secret literally", () => {
    const redact = makeRedactor([".*.*", "a|b|c", "[0-9]+", "$&$1"]);
    expect(redact("anything 12345 a")).toBe("anything 12345 a");
    expect(redact(".*.* a|b|c [0-9]+ $&$1")).toBe("<secret> <secret> <secret> <secret>");
  });

  it("is not slowed down by texts that nearly match in many ways", () => {
    const redact = makeRedactor([`${"%25".repeat(40)}x`, `${"\\".repeat(80)}y`, `${"a".repeat(80)}b`]);
    const units = ["%25", "\\", "a", "%5C", "%61"];
    // Exponential search would never end, and no limit of vitest ends what never yields.
    const search = runInNewContext("() => units.map((unit) => redact(unit.repeat(20_000)).length)", { units, redact });
    expect(runInNewContext("search()", { search }, { timeout: WAIT_LIMIT_MS })).toHaveLength(units.length);
  });
});

describe("redactJson", () => {
  const redact = makeRedactor(["hunter2", "12345678"]);

  it("removes secrets from texts, keys and numbers at any depth, and nothing else", () => {
    const value: Json = { a: ["x hunter2", { hunter2: 1 }], n: 12345678, m: 1234, b: true, z: null };
    expect(redactJson(value, redact)).toEqual({
      a: ["x <secret>", { "<secret>": 1 }],
      n: "<secret>",
      m: 1234,
      b: true,
      z: null,
    });
  });

  it.each([
    ["12345678901234567890", "12345678901234567890"],
    ["12345678901234567890", "-12345678901234567890"],
    ["12345678901234567890", "12345678901234567890.0"],
    ["12345678901234567890", "1.234567890123456789e19"],
    ["00012345", "12345"],
    ["00012345", "12345.0"],
    ["000123456789012345678", "123456789012345678"],
    ["123456789012345678901234567890", "123456789012345678901234567890"],
    ["1234.50", "1234.5"],
    ["-1.5e3", "-1500"],
    ["+4915112345678", "4915112345678"],
    ["0x1f2e3d4c", "523124044"],
    ["  00012345 ", "12345"],
    ["9".repeat(309), "9".repeat(309)],
  ])("hides the number that %j is to whoever parses it: %s", (secret, number) => {
    const hide = makeRedactor([secret]);
    const parsed = JSON.parse(`{"n":${number},"other":98765432109876543210,"few":17}`) as Json;
    const shown = JSON.stringify(redactJson(parsed, hide));
    expect(shown).toMatch(/"n":("-?<secret>0*"|null)/);
    expect(shown).toContain('"other":98765432109876540000,"few":17');
  });

  it.each([true, false, null])("hides %s where that is the secret, as a value only", (value) => {
    const hide = makeRedactor([String(value)]);
    const others = [true, false, null].filter((other) => other !== value);
    expect(redactJson({ a: value, b: [value, { c: value }], others }, hide)).toEqual({
      a: "<secret>",
      b: ["<secret>", { c: "<secret>" }],
      others,
    });
    expect(redactJson(value, makeRedactor([`${value}ly`, "alse", "ull!", "true1"]))).toBe(value);
  });

  it("leaves no trace of the secret in any JSON value", () => {
    check(
      fc.property(secrets, fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 2 }), (secret, left, right) => {
        const value: Json = [left as Json, { [secret]: { deep: [`${secret}!`, right as Json] } }];
        expect(JSON.stringify(redactJson(value, makeRedactor([secret])))).not.toContain(
          JSON.stringify(secret).slice(1, -1),
        );
      }),
    );
  });

  it("returns an equal value when there is nothing to hide", () => {
    check(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(redactJson(value as Json, makeRedactor(["\u{1f511}\u{1f511}"]))).toEqual(value);
      }),
    );
  });

  it("survives nesting as deep as a body is long, and drops what is deeper than 64 levels", () => {
    const deep: Json = JSON.parse(`${"[".repeat(30_000)}"hunter2"${"]".repeat(30_000)}`);
    expect(JSON.stringify(redactJson(deep, redact))).toBe(`${"[".repeat(64)}null${"]".repeat(64)}`);
  });

  it("keeps a key that would otherwise change the prototype", () => {
    const value: Json = JSON.parse('{"__proto__": "hunter2"}');
    expect(JSON.stringify(redactJson(value, redact))).toBe('{"__proto__":"<secret>"}');
  });
});
