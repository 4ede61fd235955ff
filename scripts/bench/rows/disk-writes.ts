/**
 * How much the service has written to disk for each check: flash memory wears out, and a home server often lives on it.
 * Listed in registry.ts. Counted by the kernel for the whole process, logs, checkpoints and the job thread included.
 * Invariant: a disk that does not count (memory, some network file systems) makes the row fail instead of reporting 0.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { startBusyService } from "../busy-service.ts";
import { bytesWritten } from "../proc.ts";
import type { MeasureRow } from "../row.ts";

/** At this rate the WAL is moved into the database every 10 or 20 s, so each round holds that once at least. */
const ROUND_MS = 20_000;
const ROUNDS = 2;

export const diskWrites: MeasureRow = async (children) => {
  const busy = await startBusyService(children);
  const values: number[] = [];
  const read = () => ({ bytes: bytesWritten(busy.pid), checks: busy.storedChecks() });
  for (let before = read(); values.length < ROUNDS;) {
    await sleep(ROUND_MS);
    const after = read();
    const bytes = after.bytes - before.bytes;
    if (bytes === 0) throw new Error(`the kernel counts no writes to ${busy.databasePath}`);
    values.push(bytes / (after.checks - before.checks));
    before = after;
  }
  const what = "written to disk a check, 100 services once a second";
  return [{ what, unit: "bytes", bar: { on: "max", atMost: 2_000 }, values }];
};
