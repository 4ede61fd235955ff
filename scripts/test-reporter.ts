/**
 * Ends every test run with the skipped tests and their reasons, with how long it took and which files took most of it, and with
 * one line `N passed, N failed, N skipped`.
 * vitest calls it (vitest.config.ts) after its own reporter. On CI a skipped test fails the run: there nothing that a test
 * needs may be missing. Invariant: the summary is alone on its line, without colours, and is the last one.
 */
import type { Reporter, TestCase, TestModule } from "vitest/node";

const SLOWEST_FILES = 10;

interface Tally {
  passed: number;
  failed: number;
  readonly skipped: string[];
}

function describeSkipped(test: TestCase): string {
  const result = test.result();
  const note = result.state === "skipped" ? result.note : undefined;
  return `${test.module.relativeModuleId} > ${test.fullName}: ${note ?? "no reason given"}`;
}

function count(modules: readonly TestModule[]): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: [] };
  for (const module of modules) {
    // A file that does not even load has no tests to count.
    if (module.state() === "failed" && module.children.size === 0) tally.failed += 1;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "skipped") tally.skipped.push(describeSkipped(test));
      else if (state === "passed") tally.passed += 1;
      else tally.failed += 1; // "pending" at the end of a run: it never finished
    }
  }
  return tally;
}

/** Several files run at a time, so their times are more than that of the run. */
function slowest(modules: readonly TestModule[]): string[] {
  return modules
    .map((module) => ({ name: module.relativeModuleId, ms: module.diagnostic().duration }))
    .toSorted((left, right) => right.ms - left.ms)
    .slice(0, SLOWEST_FILES)
    .map(({ name, ms }) => `${(ms / 1_000).toFixed(1).padStart(6)} s  ${name}`);
}

class TestReporter implements Reporter {
  #startedMs = performance.now();

  onTestRunStart(): void {
    this.#startedMs = performance.now();
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const seconds = Math.round((performance.now() - this.#startedMs) / 1_000);
    const { passed, failed, skipped } = count(modules);
    for (const line of skipped) console.log(`skipped: ${line}`);
    if (skipped.length > 0 && process.env.CI !== undefined) {
      console.log("Nothing may be skipped on CI.");
      process.exitCode = 1;
    }
    console.log(`The run took ${Math.floor(seconds / 60)} min ${seconds % 60} s. The slowest files:`);
    for (const line of slowest(modules)) console.log(line);
    console.log(`${passed} passed, ${failed + unhandledErrors.length} failed, ${skipped.length} skipped`);
  }
}

export default TestReporter;
