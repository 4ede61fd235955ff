/** `npm run replay` as a process, over a database that a sweep loop has filled. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { childMarks } from "../../../scripts/take-along.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { check, failing } from "../../support/checks.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";
import { commitSweeps } from "../../support/stored-sweeps.ts";

const SCRIPT = fileURLToPath(new URL("../../../functions/cli/replay.ts", import.meta.url));
const MINUTE = 60_000;

describe("replay", () => {
  let folder: string;
  let database: TestDatabase;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    database = sqliteTestDatabase();
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, content: object): string => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  const replay = (...args: readonly string[]) => {
    const env = {
      ...childMarks(),
      PATH: process.env["PATH"],
      MONITORING_DB: database.path,
      MONITORING_CONFIG: join(folder, "cluster.yaml"),
    };
    return promisify(execFile)(process.execPath, [SCRIPT, ...args], { env });
  };
  /** Ten minutes ago service a failed five times in a row, a minute apart, and then was well. */
  const store = async (): Promise<void> => {
    const startMs = Date.now() - 10 * MINUTE;
    const at = (index: number): number => startMs + index * MINUTE;
    const sweeps = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => [
      index < 5 ? failing("a", at(index)) : check("a", at(index)),
    ]);
    await commitSweeps(createD1Store(database.db), sweeps, (index) => at(index) + 1);
  };
  const SERVICES = { a: { name: "Service a", url: "http://127.0.0.1:9/", critical: true, interval: 60 } };
  const CHANNELS = { hook: { type: "webhook", url: "https://hooks.example.org/", secret: "${NEVER_SET}" } };

  it("says what the other policy would have sent, without its secrets and without sending anything", async () => {
    await store();
    write("cluster.yaml", { services: SERVICES, alerting: { channels: CHANNELS } });
    const now = await replay("--policy", join(folder, "cluster.yaml"), "--since", "1h");
    expect(now.stdout).toMatch(/hook +alert\.firing +CRITICAL: Service a is timeout/);
    expect(now.stdout).toMatch(/alert\.resolved +resolved: Service a/);
    expect(now.stdout).toContain("8 checks replayed, 2 messages would have been sent");
    const policies = { critical: { steps: [{ after: "10m", channels: ["hook"] }] } };
    const later = await replay("--policy", write("other.yaml", { alerting: { channels: CHANNELS, policies } }));
    expect(later.stdout).toBe("8 checks replayed, 0 messages would have been sent\n");
  });

  it("names what is wrong with the other configuration, and how it is called", async () => {
    write("cluster.yaml", { services: SERVICES });
    const faulty = write("faulty.yaml", {
      alerting: { policies: { critical: { steps: [{ channels: ["nobody"] }] } } },
    });
    await expect(replay("--policy", faulty)).rejects.toMatchObject({
      code: 78,
      stderr: expect.stringContaining("steps[0].channels[0]"),
    });
    await expect(replay()).rejects.toMatchObject({ code: 64, stderr: expect.stringContaining("usage") });
  });
});
