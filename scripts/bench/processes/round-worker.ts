/**
 * A Worker that lives through a simulated day: the Worker's own runtime, with a clock that is moved on a minute a round and a
 * database that counts the rows D1 bills. Built and run by rows/worker.ts in place of dist/worker.mjs.
 * Invariant: rounds and cleanup are those of the bundle; only time and counting are ours.
 */
import type { D1Database, D1PreparedStatement, D1Result } from "@cloudflare/workers-types";
import { createMonitor } from "../../../functions/bundle.ts";
import { workersRuntime } from "../../../functions/runtimes/worker.ts";
import type { WorkerBindings } from "../../../functions/runtimes/worker.ts";
import { workersClock } from "../../../shared/workers/workers-clock.ts";

/** Rows that D1 bills for one minute of the simulated day, its cleanup included. */
export interface Minute {
  readonly written: number;
  readonly read: number;
  readonly writtenBySweep: number;
}

/** As in wrangler.toml. Not from the table of jobs: it would come along, beside the one in the bundle. */
const ROUND = "* * * * *";
const HOUSEKEEPING = "*/5 * * * *";

const MINUTE_MS = 60_000;
const CLEANUP_EVERY = 5;

const billed = { written: 0, read: 0 };
let minutes = 0;

function count<Result extends { meta: D1Result["meta"] }>(result: Result): Result {
  billed.written += result.meta.rows_written;
  billed.read += result.meta.rows_read;
  return result;
}

/** `first` is billed like `all`, which tells the bill. */
function counted(db: D1Database): D1Database {
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement =>
    Object.assign(Object.create(statement) as D1PreparedStatement, {
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      all: async () => count(await statement.all()),
      run: async () => count(await statement.run()),
      first: async (column?: string) => {
        const row = count(await statement.all()).results[0] ?? null;
        return column === undefined ? row : (row?.[column] ?? null);
      },
      original: statement,
    });
  const originalOf = (statement: D1PreparedStatement): D1PreparedStatement =>
    (statement as { original?: D1PreparedStatement }).original ?? statement;
  return {
    prepare: (sql: string) => wrap(db.prepare(sql)),
    batch: async (statements: D1PreparedStatement[]) => (await db.batch(statements.map(originalOf))).map(count),
  } as unknown as D1Database; // the store uses nothing else
}

export default {
  /** Lives `?minutes=` on and tells what each of them took. */
  async fetch(request: Request, bindings: WorkerBindings): Promise<Response> {
    const clock = { ...workersClock, nowMs: () => Date.now() + minutes * MINUTE_MS };
    const monitor = await createMonitor({ ...workersRuntime({ ...bindings, DB: counted(bindings.DB) }), clock });
    const lived: Minute[] = [];
    for (let left = Number(new URL(request.url).searchParams.get("minutes")); left > 0; left -= 1) {
      minutes += 1;
      const scheduledTime = clock.nowMs();
      const before = { ...billed };
      await monitor.scheduled({ cron: ROUND, scheduledTime });
      const writtenBySweep = billed.written - before.written;
      if (minutes % CLEANUP_EVERY === 0) await monitor.scheduled({ cron: HOUSEKEEPING, scheduledTime });
      lived.push({ written: billed.written - before.written, read: billed.read - before.read, writtenBySweep });
    }
    return Response.json(lived);
  },
};
