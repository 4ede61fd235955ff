/**
 * Files that are refused, one per fault and named by it, and files that are accepted, with the real check types.
 * A refused file begins with `# expect: path | found | part of expected`, one line per fault; there must be no other fault.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseConfig, type ConfigResult } from "../../shared/config/parse-config.ts";
import { NODE_ABILITIES } from "../../shared/domain/runtime-abilities.ts";
import { CHANNEL_TYPES } from "../../shared/notify/registry.ts";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../../shared/probes/registry.ts";

const FIXTURES = new URL("fixtures/", import.meta.url);

const VALUES: Readonly<Record<string, string>> = {
  REDIS_PASSWORD: "canary-redis",
  TOKEN: "canary-token",
  USERNAME: "canary-user",
  TIMEOUT: "12s",
  NUMBER: "12",
  BOOLEAN: "true",
  EMPTY: "",
};

/** The literal secret of the refused fixtures. It may appear in the file, never in a fault. */
const LITERAL_SECRET = /hunter2|12345678/;

function parse(text: string): ConfigResult {
  return parseConfig(text, {
    checkTypes: CHECK_TYPES,
    defaultCheckType: DEFAULT_CHECK_TYPE,
    channelTypes: CHANNEL_TYPES,
    defaultNode: "this-node",
    abilities: NODE_ABILITIES,
    resolveReference: (name) => VALUES[name] ?? null,
  });
}

function read(file: string): string {
  return readFileSync(new URL(file, FIXTURES), "utf8");
}

function filesIn(folder: string): string[] {
  return readdirSync(new URL(folder, FIXTURES)).sort();
}

function servicesOf(file: string) {
  const result = parse(read(file));
  if (!result.ok) expect.unreachable(JSON.stringify(result.faults, null, 1));
  return result.config.services;
}

describe("a refused configuration", () => {
  it.each(filesIn("refused/"))("%s has the faults that it expects, and no other", (file) => {
    const text = read(`refused/${file}`);
    const expected = [...text.matchAll(/^# expect: (.*?) ?\| (.*?) \| (.*)$/gm)];
    expect(expected.length).toBeGreaterThan(0);

    const result = parse(text);
    expect(result).toEqual({
      ok: false,
      faults: expected.map(([, path, found, part]) => ({
        path,
        found,
        expected: expect.stringContaining(part ?? ""),
        line: expect.any(Number),
      })),
    });
    expect(JSON.stringify(result)).not.toMatch(LITERAL_SECRET);
    expect(JSON.stringify(result)).not.toContain("canary");
  });
});

describe("an accepted configuration", () => {
  it.each(filesIn("accepted/"))("%s has no fault", (file) => {
    expect(servicesOf(`accepted/${file}`).length).toBeGreaterThan(0);
  });
});

describe("cluster.example.yaml", () => {
  it("describes the six services of the cluster", () => {
    const services = servicesOf("../../../cluster.example.yaml");
    const shown = services.map(({ id, name, critical, checkType, timeoutMs }) => [
      id,
      name,
      critical,
      checkType,
      timeoutMs,
    ]);
    expect(shown).toEqual([
      ["jetson_ollama", "Jetson Ollama Server", true, "ollama", 15_000],
      ["cpu_llama", "CPU Llama.cpp Server", false, "llamacpp", 10_000],
      ["embeddings", "Embeddings Server", true, "http", 10_000],
      ["tools", "Tools Server", true, "http", 10_000],
      ["haproxy", "HAProxy Load Balancer", true, "http", 5_000],
      ["redis", "Redis Cache", true, "redis", 5_000],
    ]);
  });

  it("begins with the schema for editors", () => {
    expect(read("../../../cluster.example.yaml")).toMatch(
      /^# yaml-language-server: \$schema=\.\/cluster\.schema\.json\n/,
    );
  });

  it("shows the default intervals", () => {
    const text = read("../../../cluster.example.yaml");
    const withoutIntervals = text.slice(0, text.indexOf("intervals:"));
    expect(JSON.stringify(parse(text))).toBe(JSON.stringify(parse(withoutIntervals)));
  });
});
