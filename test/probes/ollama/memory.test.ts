/**
 * What a probe of Ollama leaves for the next one: it comes back as it was, and is never too large to be kept.
 */
import { describe, expect, it } from "vitest";
import { packMemory, unpackMemory, type OllamaMemory } from "../../../shared/probes/ollama-memory.ts";

const FAR_MS = 11_019_220_092_502;
/** Of our own clock, for the next 260 years. */
const NOW_MS = 9_999_999_999_999;
const resident = (index: number) => ({
  key: `zzzzzz${index}`,
  seenMs: NOW_MS,
  expiresAtMs: FAR_MS,
  keepAliveMs: 86_400_000,
  bar: "textless" as const,
});

/** With everything as long as it gets. */
const FULL: OllamaMemory = {
  version: "123.1234.1234-rc123",
  versionAskedMs: NOW_MS,
  lookedMs: NOW_MS,
  residents: Array.from({ length: 5 }, (_, index) => resident(index)),
  canary: {
    memory: {
      day: 99_999,
      spent: 1_440,
      lastMs: NOW_MS,
      answeredMs: NOW_MS,
      tookMs: Array.from({ length: 20 }, () => 59_999),
      inVain: 999,
      silent: 999,
      // What was silent last has told no status.
      failedStatus: null,
      silentSinceMs: NOW_MS,
      doubt: { seenMs: NOW_MS, livedMs: 86_000_000 },
    },
    last: { tokensPerS: 1_234.5, firstTokenMs: 59_999.9 },
  },
  askedKey: "zzzzzz1",
  proven: { key: "zzzzzz1", atMs: NOW_MS },
  failed: { key: "zzzzzz1", statusCode: 500, atMs: NOW_MS, expiresAtMs: FAR_MS },
  aside: { count: 3, sinceMs: NOW_MS },
};

describe("what a probe of Ollama leaves", () => {
  it("comes back as it was", () => {
    expect(unpackMemory(JSON.parse(JSON.stringify(packMemory(FULL))), NOW_MS)).toEqual(FULL);
  });

  it("fits into a kilobyte with everything as long as it gets", () => {
    expect(JSON.stringify(packMemory(FULL)).length).toBeLessThanOrEqual(1_024);
  });

  it.each([null, 1, "x", [], {}, { canary: 7, residents: {}, proven: [], failed: "a", version: 3 }])(
    "is nothing when it is %j",
    (kept) => {
      const nothing = unpackMemory(null, 0);
      expect(unpackMemory(kept, 0)).toEqual(nothing);
      expect(nothing).toMatchObject({ version: null, residents: [], proven: null, failed: null });
    },
  );
});
