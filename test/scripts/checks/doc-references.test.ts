/**
 * Which words of a document are paths, and which of them are missed.
 */
import { describe, expect, it } from "vitest";
import { checkDocument } from "../../../scripts/checks/doc-references.ts";

const THERE = new Set([
  "shared/domain",
  "shared/domain/monitoring/check.ts",
  "scripts/start.sh",
  "package.json",
  "shared/probes",
]);

const disk = {
  exists: (path: string): boolean => THERE.has(path),
  topLevel: new Set(["shared", "scripts", "package.json", "functions"]),
  ignored: new Set(["dist", "data"]),
};

const missingIn = (markdown: string): readonly string[] => checkDocument(markdown, disk).missing;

describe("document references", () => {
  it("are counted when they exist", () => {
    const markdown = "See `shared/domain/monitoring/check.ts`, `package.json` and [start](scripts/start.sh).";
    expect(checkDocument(markdown, disk)).toEqual({ pathCount: 3, missing: [] });
  });

  it.each([
    ["in code", "Read `shared/domain/gone.ts` first.", "shared/domain/gone.ts"],
    ["in a link", "Read [this](functions/gone.ts#part).", "functions/gone.ts"],
    ["in a fenced block", "```sh\nsh scripts/gone.sh --now\n```", "scripts/gone.sh"],
    ["with a line number", "`shared/domain/gone.ts:12`", "shared/domain/gone.ts"],
    ["with a leading ./", "`./scripts/gone.sh`", "scripts/gone.sh"],
    ["as a folder", "`shared/gone/`", "shared/gone"],
    ["as a file at the top", "`gone.json`", "gone.json"],
    ["before a placeholder", "`functions/gone/<name>.ts`", "functions/gone"],
  ])("are missed %s", (_, markdown, path) => {
    expect(missingIn(markdown)).toEqual([path]);
  });

  it.each([
    ["a path of the API", "`GET /cluster_health`"],
    ["a URL", "[docs](https://example.org/shared/gone.ts) `http://127.0.0.1:8083/gone.json`"],
    ["what git ignores", "`dist/node.mjs` `data/monitoring.db`"],
    ["a path of another project", "`src/index.ts` `/etc/haproxy/haproxy.cfg` `~/notes.md`"],
    ["a package", "`drizzle-orm/d1` `@types/node`"],
    ["plain prose", "The folder shared/gone is history."],
    ["a place for a name", "`shared/probes/<check-type>.ts` `shared/domain/*.ts`"],
  ])("are not seen in %s", (_, markdown) => {
    expect(missingIn(markdown)).toEqual([]);
  });
});
