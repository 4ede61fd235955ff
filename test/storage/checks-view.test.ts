/** The view `checks`, for people with an SQL prompt of their own: read by the SQLite of the system, which may be years old. */
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { encodeSamples } from "../../shared/storage/sample-block.ts";
import { check, failing, HOUR, T0 } from "../support/checks.ts";
import { findPythonWith, skipWithout } from "../support/installed.ts";
import { earlierTestDatabase } from "../support/sqlite-database.ts";

const PYTHON = findPythonWith("sqlite3");
const READ =
  "select service_id, checked_at_ms, status, response_time_ms from checks order by service_id, checked_at_ms";
const SHOW = `import json, sqlite3, sys
print(json.dumps(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall()))`;

/** Gaps and response times of one byte up to six. */
const SERVICES = [0.1, 25.6, 7_000, 2_000_000, 500_000_000, 2 ** 44].map((ms, index) => {
  const starts = [0, 1, 256 ** index, 2 * 256 ** index].map((gap) => T0 + gap);
  const samples = starts.map((startMs, place) => (place === 2 ? failing : check)(`s${index}`, startMs));
  return samples.map((sample, place) => {
    const responseTimeMs = place % 2 === 0 ? ms : 0;
    return { ...sample, responseTimeMs, checkedAtMs: Math.round(sample.checkedAtMs + responseTimeMs) };
  });
});

it.skipIf(skipWithout(PYTHON))("Archived checks are read by the SQLite of the system (needs python3)", () => {
  const { sqlite, migrate, path, close } = earlierTestDatabase(16);
  try {
    const put = sqlite.prepare(`insert into hour_blocks
      (service_id, hour_ms, status_counts, first_ms, step_ms, gaps, response_times, verdicts)
      values (@service, @hour_ms, '[]', @first_ms, @step_ms, @gaps, @response_times, @verdicts)`);
    for (const [index, samples] of SERVICES.entries()) put.run({ service: `s${index}`, ...encodeSamples(samples, T0) });
    sqlite.prepare("update tiers set archived_until_ms = ?").run(T0 + HOUR);
    const before = sqlite.prepare(READ).raw().all();
    expect(before).toHaveLength(24);
    migrate();
    expect(sqlite.prepare(READ).raw().all()).toEqual(before);
    const read: unknown = JSON.parse(execFileSync(PYTHON ?? "python3", ["-c", SHOW, path, READ], { encoding: "utf8" }));
    expect(read).toEqual(before);
  } finally {
    close();
  }
});
