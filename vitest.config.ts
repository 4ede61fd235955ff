/**
 * How vitest runs the tests: `npm test`, or `sh scripts/node.sh node_modules/vitest/vitest.mjs run <file>` for one file.
 * Each file gets a process of its own, since runtimes and probers open sockets, threads and databases.
 * Invariant: no retries and no globals; a test that passes only sometimes fails here.
 */
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { assetModule, EMBEDDED } from "./scripts/browser-assets.ts";
import { TEST_LIMIT_MS, WAIT_LIMIT_MS } from "./test/support/time-limits.ts";

/**
 * Where nothing is known of an earlier run, as in CI, vitest begins with the largest files. These are small, as their suites stand
 * elsewhere, but take longest: begun last, they would run on when everything else has ended.
 */
const LONGEST = /contract\/(worker|node)-|contract\/openapi\/|every-action|take-along/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((left, right) => Number(LONGEST.test(right.moduleId)) - Number(LONGEST.test(left.moduleId)));
  }
}

export default defineConfig({
  cacheDir: ".cache/vite", // in node_modules it would be in the way of npm ci
  plugins: [
    {
      // As the build puts them into the bundle.
      name: "embed-assets",
      load: (path) => (EMBEDDED.test(path) ? assetModule() : null),
      // What vitest keeps of a module it knows by the module's own text, which is always the same here.
      configureVitest: ({ defineCacheKeyGenerator }) =>
        defineCacheKeyGenerator(({ id }) => (EMBEDDED.test(id) ? false : null)),
    },
  ],
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    // vitest leaves one core to itself, hence the other one alone to the tests of a machine with two; many of them only wait.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    retry: 0,
    testTimeout: TEST_LIMIT_MS,
    hookTimeout: TEST_LIMIT_MS,
    expect: { poll: { timeout: WAIT_LIMIT_MS } },
    globalSetup: ["./test/support/setup.ts"],
    setupFiles: ["./test/support/setup.ts"],
    reporters: ["default", "./scripts/test-reporter.ts"],
  },
});
