/** What a runtime may contain beside the bundle: planted in small trees, and seen to be refused. */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { checkRuntimes } from "../../../scripts/checks/runtimes.ts";

const WORKER = "functions/runtimes/worker.ts";

/** Two runtimes, whose adapters take a rule and a type of the program. */
const SOUND = {
  "shared/domain/net/rule.ts": "export const rule = () => 'a rule that is in the bundle';",
  "shared/storage/store.ts": "export interface Store { readonly name: string }\nexport const store = { name: 'made' };",
  "shared/node/adapter.ts":
    "import { rule } from '../domain/net/rule.ts';\nimport type { Store } from '../storage/store.ts';\nexport const adapter = (store: Store) => [rule(), store];",
  "functions/bundle.ts": "export { rule } from '../shared/domain/net/rule.ts';\nexport const createMonitor = () => 1;",
  "functions/runtimes/main.ts": "import { start } from './node.ts';\nstart();",
  "functions/runtimes/node.ts":
    "import { createMonitor } from '../bundle.ts';\nimport { adapter } from '../../shared/node/adapter.ts';\nexport const start = () => [createMonitor(), adapter({ name: 'own' })];",
  "functions/runtimes/job-thread.ts": "import { createMonitor } from '../bundle.ts';\ncreateMonitor();",
  [WORKER]: "import { createMonitor } from '../bundle.ts';\nexport default createMonitor();",
} satisfies Readonly<Record<string, string>>;

async function check(planted: Readonly<Record<string, string>> = {}) {
  const root = await mkdtemp(join(tmpdir(), "runtimes-"));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const [path, text] of Object.entries({ ...SOUND, ...planted })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await cp("package.json", join(root, "package.json"));
  return checkRuntimes(root);
}

describe("check of the runtimes", () => {
  it("accepts adapters that take types of the program, and rules from the bundle; counts what is a runtime's own", async () => {
    const { faults, note } = await check();
    expect(faults).toEqual([]);
    expect(note).toBe("dist/worker.mjs 2, dist/node.mjs 5, dist/job-thread.mjs 2");
  });

  it("refuses a runtime that contains a part of the program, however it came there", async () => {
    const { faults } = await check({
      "shared/node/adapter.ts": "import { store } from '../storage/store.ts';\nexport const adapter = () => store;",
      [WORKER]: "export default import('../../shared/storage/store.ts');",
    });
    expect(faults).toEqual([
      "dist/worker.mjs contains shared/storage/store.ts",
      "dist/node.mjs contains shared/storage/store.ts",
    ]);
  });

  it("refuses a runtime that tells a story of its own", async () => {
    const long = Array.from({ length: 200 }, (_, index) => `console.log(${index});`);
    const { faults } = await check({ [WORKER]: long.join("\n") });
    expect(faults).toEqual([
      expect.stringMatching(/^dist\/worker\.mjs has 200 lines of its own in functions\/, of \d+$/),
    ]);
  });
});
