import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyData } from "../../../shared/domain/monitoring/body-data.ts";
import { redactNothing } from "../../../shared/domain/text/redact.ts";
import { cleanText } from "../../../shared/domain/text/clean-text.ts";

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const jsonData = (json: unknown) => bodyData({ json }, redactNothing);
const textData = (text: string) => bodyData({ text }, redactNothing);

describe("the data of a JSON body", () => {
  it("keeps a small body as it is", () => {
    const body = { status: "healthy", memory_usage_percent: 45.2, list: [1, null, true, { a: "ä😀" }] };
    expect(jsonData(body)).toEqual(body);
  });

  it("shows models by their names, as the seed does for Ollama", () => {
    const body = {
      models: [{ name: "llama3.2:3b", size: 2_019_393_189, details: { family: "llama" } }, { name: "llama3.2:1b" }],
    };
    expect(jsonData(body)).toEqual({ models: ["llama3.2:3b", "llama3.2:1b"] });
  });

  it("shows an idle Ollama's empty list of models", () => {
    expect(jsonData({ models: [] })).toEqual({ models: [] });
  });

  it.each([
    { models: ["a"] },
    { models: [{ name: 1 }] },
    { models: [{ id: "a" }, { name: "b" }] },
    { models: { name: "a" } },
  ])("leaves %j alone, whose models have no names", (body) => {
    expect(jsonData(body)).toEqual(body);
  });

  it("names the models before it looks at the size", () => {
    const models = Array.from({ length: 20 }, (_, index) => ({ name: `m${index}`, digest: "d".repeat(64), size: 1e9 }));
    expect(jsonData({ models })).toEqual({ models: models.map(({ name }) => name) });
  });

  it("keeps a body of exactly 1,024 bytes and summarises one byte more", () => {
    const fitting = { a: "x".repeat(1_024 - bytesOf({ a: "" })) };
    expect(jsonData(fitting)).toEqual(fitting);
    expect(jsonData({ a: `${fitting.a}x` })).toEqual({ summary: "object with 1 key, 1025 bytes", keys: ["a"] });
  });

  it("counts bytes, not characters", () => {
    expect(jsonData({ a: "ä".repeat(600) })).toMatchObject({ summary: expect.stringContaining("object") });
  });

  it("summarises by kind", () => {
    const keys = Array.from({ length: 30 }, (_, index) => `key number ${index} ${"k".repeat(30)}`);
    const summary = jsonData(Object.fromEntries(keys.map((key) => [key, 1])));
    expect(summary).toMatchObject({ summary: expect.stringMatching(/^object with 30 keys, \d+ bytes$/) });
    expect(summary).toHaveProperty(
      "keys",
      expect.toSatisfy((shown: string[]) => shown.length === 20 && shown.every((key) => key.length <= 24)),
    );
    expect(jsonData(Array(600).fill(1))).toEqual({ summary: "array with 600 items, 1201 bytes" });
    expect(jsonData("x".repeat(2_000))).toEqual({ summary: "text, 2002 bytes" });
  });

  it("drops a key that is __proto__, also one that becomes it", () => {
    const body: unknown = JSON.parse('{"__proto__":{"a":1},"__pro\\u0000to__":2,"b":{"__proto__":3,"c":4}}');
    expect(JSON.stringify(jsonData(body))).toBe('{"b":{"c":4}}');
  });

  it("cleans texts and keys", () => {
    expect(jsonData({ "k\u0000ey": "a\u0000b\u001bc\nd\ud800" })).toEqual({ key: "abc d\ufffd" });
  });

  it("replaces what is nested deeper than 16 levels, however deep it goes", () => {
    const deep = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));
    expect(jsonData(deep(16))).toEqual(deep(16));
    expect(JSON.stringify(jsonData(deep(30_000)))).toBe(`${"[".repeat(16)}"…"${"]".repeat(16)}`);
  });

  it("turns numbers that JSON cannot hold into null", () => {
    expect(jsonData(JSON.parse("[1e400,-1e400]"))).toEqual([null, null]);
  });

  it("is valid JSON of at most 2 KiB without a control character, whatever comes", () => {
    const anything = fc.anything({
      withNullPrototype: true,
      maxDepth: 4,
      maxKeys: 30,
      values: [fc.string({ unit: "binary", maxLength: 200 }), fc.double(), fc.boolean()],
    });
    fc.assert(
      fc.property(anything, (body) => {
        const text = JSON.stringify(jsonData(body));
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2_048);
        const texts = textsOf(JSON.parse(text));
        expect(texts.map(cleanText)).toEqual(texts);
        expect(JSON.stringify(jsonData(JSON.parse(text)))).toBe(text);
      }),
    );
  });
});

describe("the data of a text body", () => {
  it("trims and cleans", () => {
    expect(textData("\n Ollama is\r\nrunning\u0007 \n")).toBe("Ollama is  running");
  });

  it("summarises what is larger than 1,024 bytes", () => {
    expect(textData("x".repeat(1_024))).toBe("x".repeat(1_024));
    expect(textData("x".repeat(1_025))).toEqual({ summary: "text, 1025 bytes" });
  });

  it("counts bytes as an encoder does", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 300, maxLength: 900 }), (written) => {
        const text = cleanText(written).trim();
        const bytes = Buffer.byteLength(text);
        expect(textData(written)).toEqual(bytes <= 1_024 ? text : { summary: `text, ${bytes} bytes` });
      }),
    );
  });
});

/** Every text and key in a JSON value. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsOf(item)]);
}
