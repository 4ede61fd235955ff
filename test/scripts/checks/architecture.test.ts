/**
 * The architecture check, on small trees with one planted fault each: whatever it promises to refuse, it must be seen to.
 */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { checkArchitecture } from "../../../scripts/checks/architecture.ts";
import { ARCHITECTURE_RULES } from "../../../scripts/checks/architecture-rules.ts";

type Files = Readonly<Record<string, string>>;

const ROOT = join(import.meta.dirname, "../../..");
const trees: string[] = [];

/** A tree without faults, with one file or more in every zone. */
const SOUND: Files = {
  "shared/domain/rule.ts": "export interface Rule { readonly id: string }\nexport const rule: Rule = { id: 'a' };",
  "shared/ports/store.ts": "import type { Rule } from '../domain/rule.ts';\nexport interface Store { read(): Rule }",
  "shared/usecases/run.ts":
    "import type { Store } from '../ports/store.ts';\nexport const run = (store: Store) => store.read();",
  "shared/probes/redis.ts":
    "import { Redis } from 'ioredis';\nimport * as z from 'zod/mini';\nexport const redis = [Redis, z.string()];",
  "shared/notify/email.ts":
    "import SMTPConnection from 'nodemailer/lib/smtp-connection';\nexport const email = SMTPConnection;",
  "shared/config/parse.ts":
    "import { parse } from 'yaml';\nimport { redis } from '../probes/redis.ts';\nexport const config = [parse, redis];",
  "shared/storage/store.ts":
    "import type { D1Database } from '@cloudflare/workers-types';\nexport const open = (db: D1Database) => db;",
  "shared/node/sqlite.ts":
    "import Database from 'better-sqlite3';\nimport { readFileSync } from 'node:fs';\nexport const sqlite = [Database, readFileSync];",
  "functions/endpoints/ask.ts":
    "import { Hono } from 'hono';\nimport { run } from '../../shared/usecases/run.ts';\nexport const ask = [Hono, run];",
  "functions/page/client/page.ts":
    "import { rule } from '../../../shared/domain/rule.ts';\nexport const page = [rule];",
  "functions/runtime.ts": "export interface Runtime { readonly name: string }",
  "functions/monitor/compose.ts":
    "import { ask } from '../endpoints/ask.ts';\nimport { open } from '../../shared/storage/store.ts';\nimport { config } from '../../shared/config/parse.ts';\nexport const compose = [ask, open, config];",
  "functions/bundle.ts": "export { compose } from './monitor/compose.ts';",
  "functions/runtimes/node.ts":
    "import { compose } from '../bundle.ts';\nimport type { Runtime } from '../runtime.ts';\nimport { sqlite } from '../../shared/node/sqlite.ts';\nexport const host = [compose, sqlite];\nexport type Node = Runtime;",
  "scripts/build.ts": "import { build } from 'esbuild';\nexport const run = build;",
  "scripts/check.ts": "import { cruise } from 'dependency-cruiser';\nexport const run = cruise;",
  "test/all.test.ts": "import { host } from '../functions/runtimes/node.ts';\nexport const subject = host;",
};

interface Planted {
  readonly title: string;
  /** Added to the sound tree, or put in the place of its files. */
  readonly files: Files;
  /** Rule and first file of what must be reported. */
  readonly reports: readonly string[];
}

const PLANTED: readonly Planted[] = [
  {
    title: "a rule that imports an adapter",
    files: { "shared/domain/bad.ts": "export { open } from '../storage/store.ts';" },
    reports: ["domain-imports: shared/domain/bad.ts"],
  },
  {
    title: "a rule that imports only the types of a package",
    files: { "shared/domain/bad.ts": "import type { SQL } from 'drizzle-orm';\nexport type Bad = SQL;" },
    reports: ["domain-imports: shared/domain/bad.ts"],
  },
  {
    title: "a port that knows a use case",
    files: { "shared/ports/bad.ts": "export type { run } from '../usecases/run.ts';" },
    reports: ["ports-imports: shared/ports/bad.ts"],
  },
  {
    title: "a use case that loads a module of Node when it runs",
    files: { "shared/usecases/bad.ts": "export const bad = () => import('node:fs');" },
    reports: ["usecases-imports: shared/usecases/bad.ts"],
  },
  {
    title: "a probe that reads files",
    files: { "shared/probes/bad.ts": "import { readFile } from 'node:fs/promises';\nexport const bad = readFile;" },
    reports: ["probes-imports: shared/probes/bad.ts"],
  },
  {
    title: "a channel that knows a use case",
    files: { "shared/notify/bad.ts": "export { run } from '../usecases/run.ts';" },
    reports: ["notify-imports: shared/notify/bad.ts"],
  },
  {
    title: "a configuration that opens the database",
    files: { "shared/config/bad.ts": "export { open } from '../storage/store.ts';" },
    reports: ["config-imports: shared/config/bad.ts"],
  },
  {
    title: "storage that calls a use case",
    files: { "shared/storage/bad.ts": "export { run } from '../usecases/run.ts';" },
    reports: ["storage-imports: shared/storage/bad.ts"],
  },
  {
    title: "an adapter for both hosts that uses what Node has",
    files: { "shared/common/bad.ts": "import { readFile } from 'node:fs/promises';\nexport const bad = readFile;" },
    reports: ["common-imports: shared/common/bad.ts"],
  },
  {
    title: "a Workers adapter that opens a file",
    files: { "shared/workers/bad.ts": "import { readFile } from 'node:fs/promises';\nexport const bad = readFile;" },
    reports: ["workers-imports: shared/workers/bad.ts"],
  },
  {
    title: "a Worker that takes a Node adapter",
    files: { "functions/runtimes/worker.ts": "export { sqlite } from '../../shared/node/sqlite.ts';" },
    reports: ["worker-runs-on-workers: functions/runtimes/worker.ts"],
  },
  {
    title: "an endpoint that reads the configuration itself",
    files: { "functions/endpoints/bad.ts": "export { config } from '../../shared/config/parse.ts';" },
    reports: ["functions-imports: functions/endpoints/bad.ts"],
  },
  {
    title: "a script of the browser that takes an endpoint",
    files: { "functions/page/client/bad.ts": "export { ask } from '../../endpoints/ask.ts';" },
    reports: ["client-imports: functions/page/client/bad.ts"],
  },
  {
    title: "a composition that takes a Node adapter",
    files: { "functions/monitor/bad.ts": "export { sqlite } from '../../shared/node/sqlite.ts';" },
    reports: ["bundle-runs-on-workers: functions/monitor/bad.ts", "monitor-imports: functions/monitor/bad.ts"],
  },
  {
    title: "a runtime that makes a store itself",
    files: { "functions/runtimes/bad.ts": "export { open } from '../../shared/storage/store.ts';" },
    reports: ["runtimes-imports: functions/runtimes/bad.ts"],
  },
  {
    title: "a Node adapter that calls a function",
    files: { "shared/node/bad.ts": "export { compose } from '../../functions/bundle.ts';" },
    reports: ["node-imports: shared/node/bad.ts"],
  },
  {
    title: "an endpoint that writes SQL itself",
    files: { "functions/endpoints/bad.ts": "import { sql } from 'drizzle-orm';\nexport const bad = sql;" },
    reports: ["functions-imports: functions/endpoints/bad.ts"],
  },
  {
    title: "a bundle that reaches a Node-only package through a use case and storage",
    files: {
      "shared/storage/deep.ts": "import Database from 'better-sqlite3';\nexport const deep = Database;",
      "shared/usecases/run.ts": "export { deep as run } from '../storage/deep.ts';",
    },
    reports: [
      "bundle-runs-on-workers: functions/bundle.ts",
      "bundle-runs-on-workers: functions/monitor/compose.ts",
      "storage-imports: shared/storage/deep.ts",
      "usecases-imports: shared/usecases/run.ts",
    ],
  },
  {
    title: "a command that imports a test",
    files: { "functions/cli/bad.ts": "export { subject } from '../../test/all.test.ts';" },
    reports: ["cli-imports: functions/cli/bad.ts"],
  },
  {
    title: "a host that imports a test",
    files: { "functions/runtimes/bad.ts": "export { subject } from '../../test/all.test.ts';" },
    reports: ["runtimes-imports: functions/runtimes/bad.ts"],
  },
  {
    title: "a script that imports a test",
    files: { "scripts/bad.ts": "export { subject } from '../test/all.test.ts';" },
    reports: ["scripts-imports: scripts/bad.ts"],
  },
  {
    title: "a folder that belongs to no zone",
    files: { "shared/utils/bad.ts": "export { rule } from '../domain/rule.ts';" },
    reports: ["every-file-has-a-zone: shared/utils/bad.ts"],
  },
  {
    title: "a cycle of types",
    files: {
      "shared/domain/bad.ts": "import type { B } from './other.ts';\nexport interface A { b: B }",
      "shared/domain/other.ts": "import type { A } from './bad.ts';\nexport interface B { a: A }",
    },
    reports: ["no-cycles: shared/domain/bad.ts"],
  },
  {
    title: "an import of nothing",
    files: { "scripts/bad.ts": "export { nothing } from './absent.ts';" },
    reports: ["imports-exist: scripts/bad.ts"],
  },
  {
    title: "a development package in what npm start needs",
    files: { "scripts/build.ts": "import { cruise } from 'dependency-cruiser';\nexport const run = cruise;" },
    reports: ["running-needs-no-development-packages: scripts/build.ts"],
  },
];

async function plant(files: Files): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), "architecture-"));
  trees.push(tree);
  for (const name of ["node_modules", "package.json"]) await symlink(join(ROOT, name), join(tree, name));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
  return tree;
}

afterEach(async () => {
  await Promise.all(trees.splice(0).map((tree) => rm(tree, { recursive: true })));
});

describe("architecture check", () => {
  it("accepts a sound tree, and has looked at every file of it", async () => {
    expect(await checkArchitecture(await plant(SOUND))).toEqual({
      faults: [],
      note: `${Object.keys(SOUND).length} files`,
    });
  });

  it.each(PLANTED)("refuses $title", async ({ files, reports }) => {
    const { faults } = await checkArchitecture(await plant({ ...SOUND, ...files }));
    const found = new Set(faults.map((fault) => fault.split(" ", 2).join(" ")));
    expect(found).toEqual(new Set(reports));
  });

  it("refuses a file that imports more than 25 others", async () => {
    const leaves = Array.from({ length: 26 }, (_, index) => `shared/domain/leaf-${index}.ts`);
    const hub = leaves.map((_, index) => `export { leaf as leaf${index} } from './leaf-${index}.ts';`).join("\n");
    const files = Object.fromEntries(leaves.map((path) => [path, "export const leaf = 1;"]));
    const { faults } = await checkArchitecture(await plant({ ...SOUND, ...files, "shared/domain/hub.ts": hub }));
    expect(faults).toEqual([expect.stringContaining("fan-out: shared/domain/hub.ts imports 26")]);
  });

  it("has a planted fault for every rule", () => {
    const seen = new Set(PLANTED.flatMap(({ reports }) => reports.map((report) => report.split(":")[0])));
    const silent = "test-imports"; // tests may import anything
    expect(new Set([...seen, silent])).toEqual(new Set(ARCHITECTURE_RULES.map(({ name }) => name)));
  });

  it("fails when it has nothing to look at", async () => {
    expect((await checkArchitecture(await plant({}))).faults).toEqual(["not-looked-at: there are no source files"]);
  });
});
