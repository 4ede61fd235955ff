/**
 * Which words of a document are paths, and which of them are missed.
 */
import { describe, expect, it } from "vitest";
import { checkDocument, checkHeader } from "../../../scripts/checks/doc-references.ts";

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

describe("references of a header", () => {
  const sources = ["functions/endpoints/registry.ts", "scripts/start.sh", "shared/domain/monitoring/check.ts"];
  const checked = (text: string) => checkHeader(text, sources);

  it("are counted when a file is called so, alone or with its folders", () => {
    const header = "/**\n * Used by registry.ts, endpoints/registry.ts and scripts/start.sh.\n */\nconst x = 1;";
    expect(checked(header)).toEqual({ pathCount: 3, missing: [] });
  });

  it.each([
    ["whose name is another one", "/** Called by gone.ts. */", "gone.ts"],
    ["whose folder is another one", "/** Called by jobs/registry.ts. */", "jobs/registry.ts"],
    ["whose name only ends alike", "/** Called by my-registry.ts. */", "my-registry.ts"],
    ["of a shell script", "#!/bin/sh\n# Called by gone.sh.\nset -eu", "gone.sh"],
  ])("are missed when they name a file %s", (_, text, path) => expect(checked(text).missing).toEqual([path]));

  it("are not seen below the header, nor in what the build makes", () => {
    expect(checked("/** Becomes dist/node.mjs. */\n/** As gone.ts. */\nconst file = 'gone.ts';").missing).toEqual([]);
  });
});
