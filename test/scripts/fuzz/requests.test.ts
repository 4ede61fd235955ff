/** The requests that the fuzzer draws: what they are whatever else is wrong with them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readOperations } from "../../../scripts/fuzz/api-document.ts";
import { Harvest } from "../../../scripts/fuzz/harvest.ts";
import { ordinaryRequests } from "../../../scripts/fuzz/requests.ts";

const COUNT = 5_000;

/** Targets of requests to the path `/a` that takes this parameter, with as much wrong as ever. */
function drawTargets(parameter: string): string[] {
  const parameters = [{ name: parameter, in: "query", schema: { type: "integer", minimum: 1 } }];
  const [operation] = readOperations({ paths: { "/a": { get: { parameters, responses: { 200: {} } } } } });
  if (!operation) throw new Error("there is one");
  const source = { harvest: new Harvest(), oddness: 0.6, nowMs: 0 };
  return fc
    .sample(ordinaryRequests(operation, source, "localhost"), { seed: 1, numRuns: COUNT })
    .map(({ target }) => target);
}

describe("the requests of the fuzzer", () => {
  it("say how long to wait where the service reads it, so that each is answered soon", () => {
    const targets = drawTargets("timeout");
    expect(targets).toHaveLength(COUNT);
    expect(targets.filter((target) => !/^[^#]*[?&;]timeout/.test(target))).toEqual([]);
  });

  it("hide other parameters behind a fragment", () => {
    expect(drawTargets("limit").some((target) => /#[^?]*\?limit=/.test(target))).toBe(true);
  });
});
