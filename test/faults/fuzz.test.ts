/**
 * The built service under the fuzzer: whatever is sent, the answer is one that the API declares, and the process lives on.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeHistory } from "../../scripts/bench/stored-history.ts";
import { fuzz } from "../../scripts/fuzz/run.ts";
import { request } from "../support/raw-http.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { SOAK_LIMIT_MS, times } from "../support/soak.ts";
import { startTarget, type TargetServer } from "../support/target-server.ts";

const SEEDS = [1, 2, 3];
const REQUESTS_A_SEED = times(1_000, 34_000);

describe("The service under fuzzed requests", () => {
  const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  let target: TargetServer;
  let service: ServiceProcess;

  beforeAll(async () => {
    target = await startTarget();
    await writeHistory(join(folder, "test.db"), { serviceCount: 2, archivedHours: 48 });
    const services = {
      service_0: { url: target.url, critical: true },
      service_1: { host: "127.0.0.1:1", check_type: "tcp", timeout: 1 },
    };
    service = await startService({ config: JSON.stringify({ services }), folder });
    // Before the first commit a 503 would be right.
    await request(service.port, "/cluster_health?fresh=true");
  });
  afterAll(async () => {
    await service.stop();
    await target.close();
    rmSync(folder, { recursive: true });
  });

  for (const seed of SEEDS) {
    it(
      `gives no answer that it must not give, seed ${seed}`,
      async () => {
        const report = await fuzz({ host: "127.0.0.1", port: service.port, seed, count: REQUESTS_A_SEED });
        expect(String(report)).toContain("no failures");
        expect(report.requestCount).toBeGreaterThanOrEqual(REQUESTS_A_SEED);
        // A quarter of all operations need a token, and there is none.
        expect(report.countByStatus.get(200)).toBeGreaterThan(REQUESTS_A_SEED / 5);
      },
      SOAK_LIMIT_MS,
    );
  }

  it("logs no error of its own", () => {
    expect(service.output()).not.toContain('"level":"error"');
  });
});
