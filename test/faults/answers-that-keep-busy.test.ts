/**
 * Answers as large as they may be, made to keep who reads them busy: in a time that grows with the square of their length each would hold
 * up the whole monitor for minutes. Every check type over HTTP reads each of them here, within the limit of what hangs.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../shared/domain/monitoring/check.ts";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { configureProbe } from "../support/configured-probe.ts";
import { PROBERS, type CheckTypeName } from "../contract/probers-under-test.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { startTarget, type TargetServer } from "../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const BYTES = 500_000;

/** Where every API that we read has a text, or something else. */
function everywhere(text: unknown): string {
  const entry = { name: text, model: text, id: text, owned_by: text, key: text, digest: text, state: text };
  const status = { value: text, args: [text] };
  const list = [{ ...entry, status, expires_at: text, loaded_instances: [{ id: text }] }];
  const rest = { version: text, role: text, model_alias: text, build_info: text, status: text, model_id: text };
  return JSON.stringify({ models: list, data: list, running: list, error: { message: text }, ...rest });
}

const fill = (piece: string, most = BYTES): string => piece.repeat(Math.ceil(most / piece.length));

const many = Array.from({ length: 12_000 }, (_, index) => ({ name: `model-${index}:latest`, id: `model-${index}` }));

const ANSWERS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [":", "/", " ", "a ", "\\", '"', "-", "--", " --", ".", "a:", "{", "\u202e", "\u0000", "<!", "\n"].map((piece) => [
      `texts of ${JSON.stringify(piece)}`,
      everywhere(fill(piece, BYTES / 40)),
    ]),
  ),
  "names of colons": JSON.stringify({ models: [{ name: `${fill(":", BYTES - 100)}/` }] }),
  "many names": JSON.stringify({ models: many, data: many }),
  "an open quote": `# pxname,svname,${fill('"')}`,
  "quotes and commas": `# pxname,svname,type,status,\n${fill('"","a"",')}`,
  "rows without cells": `# pxname,svname,type,status,\n${fill("\n")}`,
  "columns without names": `# pxname,svname,${fill(",")}\n${fill(",")}`,
  blanks: fill(" "),
  braces: fill("{"),
  brackets: fill("["),
  "metrics with labels that do not end": `node_cpu_seconds_total{${fill('a="')} 1`,
  "lines of metrics": fill('node_cpu_seconds_total{cpu="0",mode="idle"} 1\n'),
};

/** Deeper than what recurses can write as JSON. */
const nested = (open: string, close: string, levels: number): string =>
  open.repeat(levels) + "1" + close.repeat(levels);
const lists = nested("[", "]", 30_000);

/** Field by field, as a body has no room for more. */
const FIELDS = new Set(everywhere("@").match(/"\w+":"@"/g));

const NESTED: Readonly<Record<string, string>> = {
  "nothing but lists": nested("[", "]", 200_000),
  "nothing but objects": nested('{"status":', "}", 40_000),
  ...Object.fromEntries(
    [...FIELDS].map((field) => [field, everywhere("@").replaceAll(field, field.replace('"@"', lists))]),
  ),
  models: `{"status":"ok","models":${lists},"data":${lists}}`,
};

const MOST_LENGTH = 8_192;

const OVER_HTTP = (Object.keys(PROBERS) as CheckTypeName[]).filter((name) => PROBERS[name].isOverHttp);

describe("an answer that is made to keep its reader busy", () => {
  let context: TestContext;
  let target: TargetServer;
  let answer = "";
  let isEverywhere = false;
  beforeAll(async () => {
    context = await makeContext();
    target = await startTarget(({ url }, response) => {
      // So that whoever asks for life first goes on to what it reads.
      response.writeHead(200, { "content-type": "text/plain" }).end(url === "/health" && !isEverywhere ? "{}" : answer);
    });
  });
  afterAll(async () => {
    await target.close();
    await context.close();
  });

  /** How much it makes of it. */
  async function readTwice(name: CheckTypeName): Promise<number> {
    let length = 0;
    const settings = PROBERS[name].settings(`127.0.0.1:${target.port}`, "secret-of-the-test");
    const wanted = name === "ollama" || name === "llamacpp" ? { models: ["a", "b:c"] } : {};
    const probe = configureProbe(CHECK_TYPES[name], { ...settings, ...wanted });
    let memory: Json = null;
    // The second probe asks more of those who have said who they are.
    for (let round = 0; round < 2; round += 1) {
      const seen = await probe({ ...context, memory, timeoutMs: WAIT_LIMIT_MS });
      length = Math.max(length, JSON.stringify(seen).length);
      memory = { server: "vllm" };
    }
    return length;
  }

  it.each(OVER_HTTP.flatMap((name) => Object.keys(ANSWERS).map((what) => [name, what] as const)))(
    "is read by %s: %s",
    async (name, what) => {
      [answer, isEverywhere] = [ANSWERS[what] ?? "", false];
      expect(await readTwice(name)).toBeLessThan(MOST_LENGTH);
    },
  );

  it.each(OVER_HTTP.flatMap((name) => [true, false].map((all) => [name, all] as const)))(
    "nested without end is read by %s; also where it is asked whether it lives: %s",
    async (name, all) => {
      for (const each of Object.values(NESTED)) {
        expect(each.length).toBeLessThan(524_288);
        [answer, isEverywhere] = [each, all];
        expect(await readTwice(name)).toBeLessThan(MOST_LENGTH);
      }
    },
  );
});
