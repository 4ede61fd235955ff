/**
 * A monitor whose services have long names and a crowded past: what the sizes of answers are tried on.
 * Transitions and marks are written as rows, since a commit for each would take minutes.
 */
import { expect } from "vitest";
import fc from "fast-check";
import { createMonitor } from "../../functions/bundle.ts";
import { hourBlocks } from "../../shared/domain/history/hour-block.ts";
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { rollUpDays } from "../../shared/usecases/housekeeping/roll-up-days.ts";
import { check, failing, HOUR, T0 } from "./checks.ts";
import { FakeClock } from "./fake-clock.ts";
import { sqliteTestDatabase } from "./sqlite-database.ts";
import { commitSweeps } from "./stored-sweeps.ts";
import { testRuntime } from "./test-runtime.ts";
import { TEST_AUTH, TEST_TOKEN } from "./worker-process.ts";

export const NOW_MS = T0;
const CHECKS_AN_HOUR = 60;

/** What takes the most bytes: four in UTF-8, two in JSON. */
const LONGEST_NAME = "\u{1F600}".repeat(100);
const CHARACTERS = fc.constantFrom("a", "é", "✓", '"', "\\", "\u{1F600}", "\u{1F600}");

export const markTexts = fc
  .array(CHARACTERS, { minLength: 1, maxLength: 120, size: "max" })
  .map((characters) => characters.join(""));

export interface Mark {
  readonly atMs: number;
  readonly text: string;
}

/** When, and what it became. */
export type StatusChange = readonly [at: number, to: CheckStatus];

export async function startBusyMonitor(ids: readonly string[], { name = LONGEST_NAME, hours = 0 }) {
  const database = sqliteTestDatabase();
  const store = createD1Store(database.db);
  for (let hourMs = NOW_MS - hours * HOUR; hourMs < NOW_MS; hourMs += HOUR) {
    const checks = ids.flatMap((id) => hourOf(id, hourMs));
    await store.archiveHour({ hourMs, keyframe: [], sweeps: [], unreadableSweeps: 0 }, hourBlocks(hourMs, checks));
  }
  await commitSweeps(store, [ids.map((id) => check(id, NOW_MS - 10))], () => NOW_MS);
  await rollUpDays(store, Infinity);
  const services = Object.fromEntries(ids.map((id) => [id, { name, url: "https://example.org/", interval: "1m" }]));
  const config = { services, auth: TEST_AUTH, timezone: "America/Argentina/ComodRivadavia" };
  const monitor = await createMonitor(testRuntime({ database, config, clock: new FakeClock(NOW_MS) }));
  const { sqlite } = database;
  const addTransition = sqlite.prepare(
    "insert or ignore into transitions (service_id, at_ms, from_status, to_status, reason) values (?, ?, 'unknown', ?, ?)",
  );
  const addMark = sqlite.prepare("insert or ignore into marks (at_ms, service, text, author) values (?, ?, ?, 'ci')");
  return {
    close: () => database.close(),
    /** Instead of what it had lived; `marks` are of the first service. */
    live(changes: ReadonlyMap<string, readonly StatusChange[]>, marks: readonly Mark[]): void {
      sqlite.exec("begin; delete from transitions; delete from marks");
      for (const [id, own] of changes)
        for (const [atMs, to] of own) addTransition.run(id, atMs, to, to === "timeout" ? "deadline_response" : null);
      for (const { atMs, text } of marks) addMark.run(atMs, ids[0], text);
      sqlite.exec("commit");
    },
    async ask(path: string) {
      const headers = { host: "localhost", authorization: `Bearer ${TEST_TOKEN}` };
      const response = await monitor.fetch(new Request(`http://localhost${path}`, { headers }));
      const body = await response.arrayBuffer();
      expect(response.status).toBe(200);
      return { bytes: body.byteLength, json: JSON.parse(new TextDecoder().decode(body)) };
    },
  };
}

/** Times that take all digits that there are, and in each five minutes some that timed out. */
function hourOf(id: string, hourMs: number) {
  return Array.from({ length: CHECKS_AN_HOUR }, (_, index) => {
    const atMs = hourMs + (index * HOUR) / CHECKS_AN_HOUR;
    if (index % 3 === 0) return failing(id, atMs, { responseTimeMs: 10_000 });
    return check(id, atMs, { responseTimeMs: index % 3 === 1 ? 4.1 : 123.4 });
  });
}
