/**
 * Ends every test run with the skipped tests and their reasons, with how long it took and which files took most of it, and with
 * one line `N passed, N failed, N skipped`.
 * vitest calls it (vitest.config.ts) after its own reporter. On CI a skipped test fails the run: there nothing that a test
 * needs may be missing. Invariant: the summary is alone on its line, without colours, and is the last one.
 */
import type { Reporter, TestCase, TestModule } from "vitest/node";

const SLOWEST_FILES = 10;

function describeSkip(test: TestCase): string {
  const result = test.result();
  const note = result.state === "skipped" ? result.note : undefined;
  // What is decided before a test runs has no note: its name says what it needs.
  const [, needs = "no reason given"] = /\((needs [^)]+)\)/.exec(test.fullName) ?? [];
  return `skipped: ${test.module.relativeModuleId} > ${test.fullName}: ${note ?? needs}`;
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
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const skipped = tests.filter((test) => test.result().state === "skipped");
    const passedCount = tests.filter((test) => test.result().state === "passed").length;
    // A file that does not even load has no tests to count.
    const unloaded = modules.filter((module) => module.state() === "failed" && module.children.size === 0);
    // "pending" at the end of a run: it never finished.
    const failedCount = tests.length - passedCount - skipped.length + unloaded.length + unhandledErrors.length;
    for (const test of skipped) console.log(describeSkip(test));
    if (skipped.length > 0 && process.env.CI !== undefined) {
      console.log("Nothing may be skipped on CI.");
      process.exitCode = 1;
    }
    console.log(`The run took ${Math.floor(seconds / 60)} min ${seconds % 60} s. The slowest files:`);
    for (const line of slowest(modules)) console.log(line);
    console.log(`${passedCount} passed, ${failedCount} failed, ${skipped.length} skipped`);
  }
}

export default TestReporter;
