/**
 * A monitor whose public page shows the service `a`; `b` is the house's own. Its database is counted and may fail, its clock is moved
 * by hand, and the past is written as rows, since a commit for each change would take minutes.
 */
import { gunzipSync, gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { createMonitor } from "../../functions/bundle.ts";
import type { CheckStatus, Reason } from "../../shared/domain/monitoring/check.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { addMark } from "../../shared/storage/marks.ts";
import { check, T0 } from "./checks.ts";
import { failingD1 } from "./failing-d1.ts";
import { FakeClock } from "./fake-clock.ts";
import { sqliteTestDatabase } from "./sqlite-database.ts";
import { commitSweeps } from "./stored-sweeps.ts";
import { testProcess, testRuntime } from "./test-runtime.ts";
import { TEST_AUTH } from "./worker-process.ts";

/** In whatever must not get out. */
export const CANARY = "canary-7f3a";

export const PUBLIC = { title: "Home cluster", services: ["a"] };

interface BenchOptions {
  /** What anybody may see. Default: `a`. */
  readonly shown?: object | undefined;
  readonly name?: string;
  readonly staysAlive?: boolean;
}

export async function publicBench({ shown = PUBLIC, name = "Service A", staysAlive = true }: BenchOptions = {}) {
  const database = sqliteTestDatabase();
  onTestFinished(() => database.close());
  let isFailing = false;
  const d1 = failingD1(database.db, "SQLITE_IOERR", () => (isFailing ? "before" : null));
  const clock = new FakeClock(T0 + 1_000);
  const configOf = (publicPage: object | undefined) => ({
    node: CANARY,
    services: {
      a: { name, url: `http://${CANARY}.example:9/`, critical: true },
      b: { name: CANARY, url: `http://${CANARY}.example:9/`, critical: true },
    },
    auth: { ...TEST_AUTH, reads: "token" },
    public: publicPage,
  });
  let config = configOf(shown);
  const runtime = testRuntime({
    database: { ...database, db: d1.db },
    config,
    clock,
    process: staysAlive ? testProcess().process : null,
  });
  const configuration = { ...runtime.configuration, read: async () => JSON.stringify(config) };
  const store = createD1Store(database.db);
  await commitSweeps(store, [[check("a", T0), check("b", T0)]], () => T0);
  let version = 0;
  let packings = 0;
  const compress = async (text: string) => {
    packings += 1;
    return Uint8Array.from(gzipSync(text));
  };
  const openDatabase = async () => ({ db: d1.db, faults: () => [], dataVersion: () => version, walPages: () => 0 });
  const monitor = await createMonitor({ ...runtime, configuration, openDatabase, ...(staysAlive && { compress }) });
  const insert = database.sqlite.prepare(
    "insert or ignore into transitions (service_id, at_ms, from_status, to_status, reason, message) values (?, ?, 'unknown', ?, ?, ?)",
  );
  return {
    clock,
    d1,
    logged: runtime.logged,
    /** As it was before the first check; `message` is the target's own text. */
    lived(id: "a" | "b", atMs: number, [to, reason]: readonly [CheckStatus, Reason?]): void {
      insert.run(id, atMs, to, reason ?? null, reason ? `${CANARY} said so` : null);
    },
    note: (text: string, atMs: number, more: { service?: string | null; isPublic?: boolean } = {}) =>
      addMark(database.db, { text, atMs, service: null, author: CANARY, isPublic: true, ...more }),
    /** As another process would. */
    async commit(checks: Parameters<typeof commitSweeps>[1][number], atMs: number): Promise<void> {
      await commitSweeps(store, [checks], () => atMs);
      version += 1;
    },
    packings: () => packings,
    failStorage: (fails: boolean): void => void (isFailing = fails),
    async reload(publicPage: object | undefined): Promise<void> {
      config = configOf(publicPage);
      await monitor.reload();
    },
    async ask(path: string, headers: Record<string, string> = {}, method = "GET") {
      const request = new Request(`http://localhost${path}`, { method, headers: { host: "localhost", ...headers } });
      const response = await monitor.fetch(request);
      const bytes = Buffer.from(await response.arrayBuffer());
      const isPacked = response.headers.get("content-encoding") === "gzip";
      const body = (isPacked ? gunzipSync(bytes) : bytes).toString();
      return { status: response.status, headers: response.headers, body, sentBytes: bytes.byteLength };
    },
  };
}
