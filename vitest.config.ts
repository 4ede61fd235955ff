/**
 * How vitest runs the tests: `npm test`, or `sh scripts/node.sh node_modules/vitest/vitest.mjs run <file>` for one file.
 * Each file gets a process of its own, since hosts and probers open sockets, threads and databases.
 * Invariant: no retries and no globals; a test that passes only sometimes fails here.
 */
import { defineConfig } from "vitest/config";

export default defineConfig({
  cacheDir: ".cache/vite", // in node_modules it would be in the way of npm ci
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    retry: 0,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // The default of one second would be a timed assertion: a busy machine needs longer for what a pause and two commits take.
    expect: { poll: { timeout: 20_000 } },
    reporters: ["default", "./scripts/test-reporter.ts"],
  },
});
