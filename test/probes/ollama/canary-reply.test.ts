/**
 * What an answer to a canary of Ollama proves: only its own word that it cannot generate, not what a proxy before it says.
 */
import { describe, expect, it } from "vitest";
import { readCanary } from "../../../shared/probes/ollama-canary.ts";

const OWN = '{"error":"model runner has unexpectedly stopped"}';

function outcomeOf(statusCode: number, text: string) {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const rest = { headers: {}, isCutOff: false, durationMs: 5, timings: {} };
  return readCanary({ kind: "answered", statusCode, text, json, ...rest });
}

describe("an answer to a canary", () => {
  it.each([
    [500, OWN, "failed"],
    [500, "<html>", "silent"],
    [500, '{"message":"upstream"}', "silent"],
    [502, "<html>", "silent"],
    [502, OWN, "silent"],
    [503, OWN, "silent"],
    [504, "", "silent"],
    [200, `{"response":"5"}\n${OWN}\n`, "failed"],
    [200, "<html>", "refused"],
    [200, "{}", "refused"],
    [200, '{"response":"5","done":true}', "answered"],
    [400, OWN, "textless"],
    [404, OWN, "refused"],
  ])("with HTTP %i and %j", (statusCode, text, kind) => {
    expect(outcomeOf(statusCode, text).kind).toBe(kind);
  });

  it.each([
    { total_duration: 5e9, eval_duration: -5e9, eval_count: 5 },
    { total_duration: 1e300, eval_duration: 1, eval_count: 5 },
    { total_duration: -1, eval_duration: 1e300, eval_count: -5 },
  ])("tells no speed that can be none: %j", (durations) => {
    const outcome = outcomeOf(200, JSON.stringify({ response: "", ...durations }));
    expect(outcome).toMatchObject({ kind: "answered", tokensPerS: null });
    expect([null, 5_000]).toContain("firstTokenMs" in outcome && outcome.firstTokenMs);
  });
});
