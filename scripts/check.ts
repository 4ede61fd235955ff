/**
 * `npm run check`: everything but the tests, in seconds; `npm run check -- types lint` runs only those steps.
 * Prints one line per step, and what a tool has said only if it is not content. checks/steps.ts says what there is to check.
 * Invariant: stops at the first fault, with exit code 1; cheap steps come first.
 */
import { STEPS } from "./checks/steps.ts";

const known = Object.keys(STEPS);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no step ${unknown.join(", ")}; there are: ${known.join(", ")}`);
  process.exit(2);
}

const nameWidth = Math.max(...known.map((name) => name.length));

for (const [name, run] of Object.entries(STEPS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const startedAtMs = performance.now();
  const { faults, note } = await run();
  const isOk = faults.length === 0;
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  console.log(`${isOk ? "ok    " : "FAILED"}  ${name.padEnd(nameWidth)}  ${seconds} s  ${note}`.trimEnd());
  if (isOk) continue;
  console.log(`\n${faults.join("\n")}`);
  process.exit(1);
}
